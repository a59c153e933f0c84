#include <ATen/ATen.h>
#include <ATen/TensorIndexing.h>
#include <c10/util/SmallVector.h>

#include "tensor.h"

namespace tsorch {

namespace {

using at::indexing::Slice;
using at::indexing::TensorIndex;

std::optional<c10::SymInt> bound(FrameReader& in) {
  if (in.none()) return std::nullopt;
  return c10::SymInt(in.integer());
}

/// None: a new dimension. NotGiven: the ellipsis. A list of three: a slice. The rest stands for itself.
TensorIndex read_index(FrameReader& in) {
  switch (in.peek()) {
    case Tag::kNone:
      in.none();
      return TensorIndex(std::nullopt);
    case Tag::kNotGiven:
      in.none();
      return TensorIndex(at::indexing::Ellipsis);
    case Tag::kBoolean:
      return TensorIndex(in.boolean());
    case Tag::kTensor:
      return TensorIndex(in.tensor());
    case Tag::kList: {
      in.list();
      const auto start = bound(in);
      const auto stop = bound(in);
      const auto step = bound(in);
      TORCH_CHECK_VALUE(!step || *step > 0, "step must be greater than zero");
      return TensorIndex(Slice(start, stop, step));
    }
    default:
      return TensorIndex(in.integer());
  }
}

using Indices = c10::SmallVector<TensorIndex, 4>;

Indices read_indices(FrameReader& in) {
  Indices indices;
  const std::int64_t count = in.list();
  indices.reserve(count);
  for (std::int64_t i = 0; i < count; i++) indices.push_back(read_index(in));
  return indices;
}

/// Whether a slice of the first dimension leaves anything out; one that does not is an alias.
bool cuts(const Slice& slice, std::int64_t size) {
  return slice.step() != 1 || slice.start() != 0 || slice.stop() < size;
}

/// `x[a:b]` without the general machinery, which takes as long again.
std::optional<at::Tensor> slice_first(const at::Tensor& tensor, const TensorIndex& index) {
  if (!index.is_slice() || tensor.dim() == 0 || tensor.is_nested()) return std::nullopt;
  const Slice& slice = index.slice();
  if (!cuts(slice, tensor.size(0))) return std::nullopt;
  return at::slice_symint(tensor, 0, slice.start(), slice.stop(), slice.step());
}

}  // namespace

/// (tensor, indices) -> tensor
void tensor_index(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = in.tensor();
  const Indices indices = read_indices(in);
  if (indices.size() == 1) {
    if (auto result = slice_first(tensor, indices[0])) return out.tensor(std::move(*result));
  }
  out.tensor(tensor.index(indices));
}

/// (tensor, integer) -> `x[i]`, the most common one, likewise
void tensor_select(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  const std::int64_t index = in.integer();
  const std::int64_t size = tensor.dim() == 0 || tensor.is_nested() ? 0 : tensor.size(0);
  out.tensor(index >= -size && index < size ? at::select(tensor, 0, index) : tensor.index({index}));
}

/// (tensor, indices, value: a tensor or a number)
void tensor_index_put(Environment&, FrameReader& in, FrameWriter&) {
  at::Tensor tensor = in.tensor();
  const Indices indices = read_indices(in);
  if (in.peek() == Tag::kTensor) {
    const at::Tensor value = in.tensor();  // a hook on saved tensors may move or free the slot it comes from
    tensor.index_put_(indices, value);
  } else {
    tensor.index_put_(indices, in.scalar());
  }
}

}  // namespace tsorch
