#include <ATen/ATen.h>
#include <ATen/TensorIndexing.h>
#include <c10/util/SmallVector.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include <limits>

#include "../environment.h"

namespace tsorch {

namespace {

using at::indexing::Slice;
using at::indexing::TensorIndex;

std::optional<std::int64_t> bound(FrameReader& in) {
  if (in.none()) return std::nullopt;
  return in.integer();
}

/// The bounds of a slice, in Python's order.
struct Bounds {
  explicit Bounds(FrameReader& in)
      : start(bound(in).value_or(0)), stop(bound(in).value_or(kEnd)), step(bound(in).value_or(1)) {}
  /// Whether anything of a dimension is left out; PyTorch makes an alias where nothing is, and refuses to go backwards.
  bool cuts(std::int64_t size) const { return step > 0 && (step != 1 || start != 0 || stop < size); }

  static constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();  // as Python counts

  std::int64_t start;
  std::int64_t stop;
  std::int64_t step;
};

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
      const Bounds bounds(in);
      return TensorIndex(Slice(bounds.start, bounds.stop, bounds.step));
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

/// A trace has every slice, also one that leaves nothing out of this tensor: it will of others.
bool keeps_slices() { return torch::jit::tracer::isTracing(); }

at::Tensor indexed(const at::Tensor& tensor, at::ArrayRef<TensorIndex> indices) {
  return keeps_slices() ? at::indexing::get_item(tensor, indices, true) : tensor.index(indices);
}

void put(at::Tensor& tensor, at::ArrayRef<TensorIndex> indices, const at::Tensor& value) {
  if (keeps_slices()) return at::indexing::set_item(tensor, indices, value, true);
  tensor.index_put_(indices, value);
}

}  // namespace

/// (tensor, indices) -> tensor
void tensor_index(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = in.tensor();
  const Indices indices = read_indices(in);
  out.tensor(indexed(tensor, indices));
}

/// (tensor, integer) -> `x[i]`: the most common index, without the general machinery, which takes as long again
void tensor_select(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  const std::int64_t index = in.integer();
  const std::int64_t size = tensor.dim() == 0 || tensor.is_nested() ? 0 : tensor.size(0);
  out.tensor(index >= -size && index < size ? at::select(tensor, 0, index) : tensor.index({index}));
}

/// (tensor, start, stop, step) -> `x[a:b:c]`, likewise
void tensor_slice(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  const Bounds bounds(in);
  const bool simple = tensor.dim() > 0 && !tensor.is_nested() && bounds.cuts(tensor.size(0));
  out.tensor(simple ? at::slice(tensor, 0, bounds.start, bounds.stop, bounds.step)
                    : indexed(tensor, {Slice(bounds.start, bounds.stop, bounds.step)}));
}

/// (tensor, indices, value: a tensor or a number)
void tensor_index_put(Environment&, FrameReader& in, FrameWriter&) {
  at::Tensor tensor = in.tensor();
  const Indices indices = read_indices(in);
  if (in.peek() == Tag::kTensor) {
    const at::Tensor value = in.tensor();  // a hook on saved tensors may move or free the slot it comes from
    put(tensor, indices, value);
  } else if (const c10::Scalar value = in.scalar(); keeps_slices()) {
    put(tensor, indices, at::scalar_tensor(value, tensor.options()));
  } else {
    tensor.index_put_(indices, value);
  }
}

}  // namespace tsorch
