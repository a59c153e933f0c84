#include <ATen/ATen.h>
#include <ATen/Dispatch_v2.h>

#include <cstring>

#include "../bytes.h"
#include "../environment.h"
#include "../func/outside.h"
#include "../jit/untraced.h"
#include "../memory/buffer_memory.h"

namespace tsorch {

namespace {

/// Autograd's zeros have no memory until someone looks at it.
at::Tensor with_memory(const at::Tensor& tensor) {
  return tensor._is_zerotensor() ? at::zeros(tensor.sizes(), tensor.options()) : tensor;
}

/// Whether the elements lie in memory as they are.
bool is_plain(const at::Tensor& tensor) {
  return tensor.is_cpu() && tensor.layout() == at::kStrided && tensor.has_storage() && !tensor.is_nested() &&
         !tensor.is_conj() && !tensor.is_neg() && !tensor._is_zerotensor();
}

/// An element of a plain tensor, `offset` elements behind the first.
c10::Scalar element_at(const at::Tensor& tensor, std::int64_t offset) {
  return AT_DISPATCH_V2(tensor.scalar_type(), "element_at", AT_WRAP([&] {
                          return c10::Scalar(static_cast<const scalar_t*>(tensor.const_data_ptr())[offset]);
                        }),
                        AT_EXPAND(AT_ALL_TYPES_AND_COMPLEX), AT_EXPAND(AT_FLOAT8_TYPES),
                        AT_EXPAND(AT_BAREBONES_UNSIGNED_TYPES), at::kHalf, at::kBFloat16, at::kBool, at::kComplexHalf);
}

/// The only element. Read from memory where that is possible: the dispatcher takes twice as long as all the rest.
c10::Scalar element_of(const at::Tensor& tensor) {
  const bool in_memory = is_plain(tensor) && tensor.numel() == 1 && !tensor.is_quantized();
  return in_memory ? element_at(tensor, 0) : tensor.item();
}

/// What reading shows of a tensor: its values in order, on the CPU, without the graph.
at::Tensor readable(const at::Tensor& given) {
  return with_memory(given.detach()).to(at::kCPU).resolve_conj().resolve_neg().contiguous();
}

at::ScalarType read_dtype(FrameReader& in) { return static_cast<at::ScalarType>(in.integer()); }

}  // namespace

/// (array, dtype, sizes) -> a tensor with a copy of the array's bytes
void tensor_from_array(Environment&, FrameReader& in, FrameWriter& out) {
  const Bytes bytes = bytes_of(in.object());
  const at::ScalarType dtype = read_dtype(in);
  const std::vector<std::int64_t> sizes = in.integers();
  const Untraced untraced;  // a trace has the tensor as a constant: it would only see that memory is taken
  out.tensor(made_outside([&] {
    at::Tensor tensor = at::empty(sizes, at::TensorOptions(dtype));
    TORCH_CHECK(bytes.length == tensor.nbytes(), "an array of ", bytes.length, " bytes cannot fill a tensor of ",
                tensor.nbytes());
    if (bytes.length > 0) std::memcpy(tensor.mutable_data_ptr(), bytes.data, bytes.length);
    return tensor;
  }));
}

/// (buffer, dtype, count or -1, offset in bytes) -> a tensor over the buffer's own memory
void tensor_over_buffer(Environment&, FrameReader& in, FrameWriter& out) {
  const Bytes bytes = bytes_of(in.object());
  const at::ScalarType dtype = read_dtype(in);
  const std::int64_t count = in.integer();
  const std::int64_t offset = in.integer();
  const auto width = static_cast<std::int64_t>(c10::elementSize(dtype));
  const auto length = static_cast<std::int64_t>(bytes.length);
  TORCH_CHECK_VALUE(length > 0 && count != 0, "both buffer length (", length, ") and count (", count,
                    ") must not be 0");
  TORCH_CHECK_VALUE(offset >= 0 && offset < length, "offset (", offset,
                    " bytes) must be non-negative and no greater than ", "buffer length (", length, " bytes) minus 1");
  TORCH_CHECK_VALUE(count > 0 || (length - offset) % width == 0, "buffer length (", length - offset,
                    " bytes) after offset (", offset, " bytes) must be a multiple of element size (", width, ")");
  const std::int64_t elements = count < 0 ? (length - offset) / width : count;
  TORCH_CHECK_VALUE(offset + elements * width <= length, "requested buffer length (", elements, " * ", width,
                    " bytes) after offset (", offset, " bytes) must not be greater than actual buffer length (", length,
                    " bytes)");
  // libtorch reads 16-byte elements with instructions that fault elsewhere; smaller ones may lie anywhere.
  TORCH_CHECK_VALUE(width < 16 || reinterpret_cast<std::uintptr_t>(bytes.data + offset) % 16 == 0, "the memory of a ",
                    dtype, " tensor must begin at a multiple of 16 bytes; copy the buffer first");
  out.tensor(BufferMemory::of_thread().borrow(bytes, offset, elements, dtype));
}

/// (tensor) -> its only element
void tensor_item(Environment&, FrameReader& in, FrameWriter& out) { out.scalar(element_of(in.tensor())); }

/// (tensor) -> a new ArrayBuffer with its elements in order
void tensor_bytes(Environment& environment, FrameReader& in, FrameWriter& out) {
  const at::Tensor given = below_wrappers(in.tensor());
  const OutsideTransforms outside;
  const at::Tensor tensor = readable(given);
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(environment.env(), tensor.nbytes());
  if (tensor.nbytes() > 0) std::memcpy(buffer.Data(), tensor.const_data_ptr(), tensor.nbytes());
  out.object(buffer);
}

namespace {

/// Elements that go through the frame, two slots each.
constexpr std::int64_t kFew = 64;

/// Writes the elements from place `at` on as lists of lists; returns the place behind them.
std::int64_t write_nested(FrameWriter& out, const at::Tensor& tensor, std::int64_t dim, std::int64_t at) {
  const at::IntArrayRef sizes = tensor.sizes();
  if (dim == static_cast<std::int64_t>(sizes.size())) {
    out.scalar(element_at(tensor, at));
    return at + 1;
  }
  const std::int64_t length = sizes[dim];
  out.list(length);
  for (std::int64_t i = 0; i < length; i++) at = write_nested(out, tensor, dim + 1, at);
  return at;
}

}  // namespace

/// (tensor) -> its elements in nested lists, or none when they are many, or what the frame has no kind for (uint64)
void tensor_elements(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor given = below_wrappers(in.tensor());
  if (given.numel() == 0 || given.numel() > kFew || given.scalar_type() == at::kUInt64) return out.none();
  const OutsideTransforms outside;
  write_nested(out, is_plain(given) && given.is_contiguous() ? given : readable(given), 0, 0);
}

namespace {

/// An ArrayBuffer over a storage, the same one while it is in use and was not transferred.
Napi::Value lend(Environment& environment, const c10::Storage& storage) {
  const Napi::Env env = environment.env();
  const auto [handle, known] = environment.handles.adopt(LentStorage{storage});
  const Napi::Value before = known ? environment.handles.wrapper(env, handle) : Napi::Value();
  const auto lent = before.As<Napi::ArrayBuffer>();
  if (!lent.IsEmpty()) {
    if (!lent.IsDetached()) return lent;
    environment.handles.release(env, handle);
    return lend(environment, storage);
  }
  const Napi::Value buffer = BufferMemory::of_thread().lend(env, storage);
  environment.handles.weaken(env, handle, buffer);
  return buffer;
}

}  // namespace

/// (tensor) -> dtype, number of elements, ArrayBuffer over its storage (none when there are no elements), byte offset
/// of the first; none when the elements do not lie there in order, or autograd would miss what is written to them
void tensor_lend(Environment& environment, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = with_memory(in.tensor());
  if (tensor.requires_grad() || !is_plain(tensor) || !tensor.is_contiguous()) return out.none();
  out.list(4);
  out.integer(static_cast<std::int64_t>(tensor.scalar_type()));
  out.integer(tensor.numel());
  if (tensor.numel() > 0) {
    out.object(lend(environment, tensor.storage()));
  } else {
    out.none();
  }
  out.integer(tensor.storage_offset() * static_cast<std::int64_t>(tensor.element_size()));
}

}  // namespace tsorch
