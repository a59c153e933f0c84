#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <c10/util/safe_numerics.h>

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <cstring>
#include <limits>

#include "../bytes.h"
#include "../environment.h"

namespace tsorch {

void storage_identity(Environment&, FrameReader& in, FrameWriter& out) {
  const void* storage = in.tensor().storage().unsafeGetStorageImpl();
  out.integer(static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(storage)));
}

namespace {

/// `set_` would enlarge a storage that is too small, so what a file says is checked first.
void check_bounds(at::IntArrayRef sizes, at::IntArrayRef strides, std::int64_t offset, std::size_t itemsize,
                  std::size_t storage_bytes) {
  TORCH_CHECK_VALUE(sizes.size() == strides.size(), "a tensor of ", sizes.size(), " sizes and ", strides.size(),
                    " strides");
  const auto negative = [](std::int64_t value) { return value < 0; };
  TORCH_CHECK_VALUE(offset >= 0 && std::none_of(sizes.begin(), sizes.end(), negative) &&
                        std::none_of(strides.begin(), strides.end(), negative),
                    "negative sizes, strides or offset: ", sizes, ", ", strides, ", ", offset);
  std::uint64_t elements = 0;
  TORCH_CHECK_VALUE(!c10::safe_multiplies_u64(sizes, &elements) &&
                        elements <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()),
                    "too many elements: ", sizes);
  const std::size_t needed = at::detail::computeStorageNbytes(sizes, strides, itemsize, offset);
  TORCH_CHECK_VALUE(needed <= storage_bytes, "setStorage: sizes ", sizes, ", strides ", strides, ", storage offset ",
                    offset, ", and itemsize ", itemsize, " requiring a storage size of ", needed,
                    " are out of bounds for storage of size ", storage_bytes);
}

}  // namespace

void tensor_over_storage(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor base = in.tensor();
  const auto dtype = static_cast<at::ScalarType>(in.integer());
  const std::int64_t offset = in.integer();
  const std::vector<std::int64_t> sizes = in.integers();
  const std::vector<std::int64_t> strides = in.integers();
  check_bounds(sizes, strides, offset, c10::elementSize(dtype), base.storage().nbytes());
  at::Tensor tensor = at::empty({0}, base.options().dtype(dtype));
  tensor.set_(base.storage(), offset, sizes, strides);
  out.tensor(std::move(tensor));
}

namespace {

void check_part(const c10::Storage& storage, std::int64_t first, std::int64_t bytes) {
  const auto size = static_cast<std::int64_t>(storage.nbytes());
  TORCH_CHECK_VALUE(storage.device().is_cpu(), "expected a tensor on the CPU, but it is on ", storage.device());
  TORCH_CHECK_VALUE(first >= 0 && bytes >= 0 && first <= size && bytes <= size - first, "bytes ", first, " to ",
                    first + bytes, " are out of bounds for storage of size ", size);
}

/// Part of a storage, and the JavaScript memory that is copied from or to it.
struct Copy {
  c10::Storage storage;
  std::int64_t first;
  Bytes bytes;
};

Copy read_copy(FrameReader& in) {
  Copy copy{in.tensor().storage(), in.integer(), {}};
  copy.bytes = bytes_of(in.object());
  check_part(copy.storage, copy.first, static_cast<std::int64_t>(copy.bytes.length));
  return copy;
}

}  // namespace

void storage_part(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor whole = in.tensor();
  const std::int64_t first = in.integer();
  const std::int64_t bytes = in.integer();
  const c10::Storage storage = whole.storage();
  check_part(storage, first, bytes);
  auto keep = [storage](void*) {};
  out.tensor(at::from_blob(static_cast<char*>(storage.mutable_data()) + first, {bytes}, keep, at::kByte));
}

void storage_use_large_pages(Environment&, FrameReader& in, FrameWriter&) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  const c10::Storage storage = in.tensor().storage();
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto start = reinterpret_cast<std::uintptr_t>(storage.mutable_data());
  const std::uintptr_t first = (start + page - 1) / page * page;
  const std::uintptr_t last = (start + storage.nbytes()) / page * page;
  // A wish: the system may have none, or not be asked for them.
  if (storage.device().is_cpu() && last > first) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#else
  in.tensor();
#endif
}

void storage_read(Environment&, FrameReader& in, FrameWriter&) {
  const auto [storage, first, bytes] = read_copy(in);
  if (bytes.length > 0) std::memcpy(bytes.data, static_cast<const char*>(storage.data()) + first, bytes.length);
}

void storage_write(Environment&, FrameReader& in, FrameWriter&) {
  const auto [storage, first, bytes] = read_copy(in);
  if (bytes.length > 0) std::memcpy(static_cast<char*>(storage.mutable_data()) + first, bytes.data, bytes.length);
}

}  // namespace tsorch
