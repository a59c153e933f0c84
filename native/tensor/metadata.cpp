#include <ATen/ATen.h>

#include "../async/pending.h"
#include "../environment.h"

namespace tsorch {

namespace {

const at::Tensor& computed(const at::Tensor& tensor) {
  if (tensor.scalar_type() == at::ScalarType::Undefined) not_computed();
  return tensor;
}

}  // namespace

void tensor_sizes(Environment&, FrameReader& in, FrameWriter& out) { out.integers(in.tensor().sizes()); }

/// (tensor, dimension) -> its size; a nested tensor has sizes of those dimensions where all its tensors agree
void tensor_size(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  const std::int64_t dimension = in.integer();
  out.integer(tensor.size(dimension));
}

void tensor_strides(Environment&, FrameReader& in, FrameWriter& out) { out.integers(in.tensor().strides()); }

/// (tensor, dimension) -> its stride
void tensor_stride(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  const std::int64_t dimension = in.integer();
  out.integer(tensor.stride(dimension));
}

void tensor_dtype(Environment&, FrameReader& in, FrameWriter& out) {
  out.integer(static_cast<std::int64_t>(computed(in.tensor()).scalar_type()));
}

void tensor_device(Environment&, FrameReader& in, FrameWriter& out) { out.device(in.tensor().device()); }

void tensor_layout(Environment&, FrameReader& in, FrameWriter& out) {
  out.integer(static_cast<std::int64_t>(in.tensor().layout()));
}

/// (tensor) -> the small facts, one list in the order of lib/native/functions.ts
void tensor_facts(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = computed(in.tensor());
  out.list(6);
  out.integer(static_cast<std::int64_t>(tensor.element_size()));
  out.boolean(tensor.is_view());
  out.boolean(tensor.is_inference());
  out.boolean(tensor.is_quantized());
  out.boolean(tensor.is_nested());
  out.boolean(tensor.is_mkldnn());
}

/// (tensor) -> the number of its dimensions
void tensor_dim(Environment&, FrameReader& in, FrameWriter& out) { out.integer(in.tensor().dim()); }

/// (tensor) -> the number of its elements
void tensor_numel(Environment&, FrameReader& in, FrameWriter& out) { out.integer(in.tensor().numel()); }

/// (tensor) -> how many bytes its elements take
void tensor_nbytes(Environment&, FrameReader& in, FrameWriter& out) {
  out.integer(static_cast<std::int64_t>(computed(in.tensor()).nbytes()));
}

/// (tensor) -> whether its memory is page-locked; the others of the facts cost less
void tensor_is_pinned(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  out.boolean(!tensor.is_mkldnn() && tensor.is_pinned());  // mkldnn tensors have no storage to ask
}

/// (tensor, memory format) -> bool
void tensor_is_contiguous(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  out.boolean(tensor.is_contiguous(static_cast<at::MemoryFormat>(in.integer())));
}

/// (tensor) -> where its first element lies in the storage; 0 for one without
void tensor_storage_offset(Environment&, FrameReader& in, FrameWriter& out) {
  out.integer(in.tensor().storage_offset());
}

/// (tensor) -> address of the first element, storage offset, address of the storage, bytes of the storage
void tensor_storage(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  out.list(4);
  out.integer(static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(tensor.const_data_ptr())));
  out.integer(tensor.storage_offset());
  out.integer(static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(tensor.storage().data())));
  out.integer(static_cast<std::int64_t>(tensor.storage().nbytes()));
}

}  // namespace tsorch
