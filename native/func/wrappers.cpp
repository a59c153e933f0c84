#include <ATen/ATen.h>
#include <ATen/WrapDimUtils.h>
#include <ATen/functorch/BatchedTensorImpl.h>
#include <ATen/functorch/DynamicLayer.h>
#include <ATen/functorch/TensorWrapper.h>

#include "../environment.h"

namespace tsorch {

namespace {

namespace functorch = at::functorch;

at::Tensor unwrap_grad(const at::Tensor& tensor, std::int64_t level) {
  const auto* wrapper = functorch::maybeGetTensorWrapper(tensor);
  return wrapper != nullptr && wrapper->level() == level ? wrapper->value() : tensor;
}

/// The tensor repeated along a new dimension.
at::Tensor repeat(const at::Tensor& tensor, std::int64_t size, std::int64_t dim) {
  std::vector<std::int64_t> sizes = tensor.sizes().vec();
  sizes.insert(sizes.begin() + at::maybe_wrap_dim(dim, tensor.dim() + 1), size);
  return tensor.unsqueeze(dim).expand(sizes);
}

/// The whole batch behind one of its elements; the very tensor where nothing moves.
at::Tensor without_batch_dim(const at::Tensor& tensor, std::int64_t level, std::int64_t size, std::int64_t dim) {
  const auto* batched = functorch::maybeGetBatchedImpl(tensor);
  if (batched == nullptr || batched->level() < level) return repeat(tensor, size, dim);
  const at::Tensor& value = batched->value();
  const bool stays = at::maybe_wrap_dim(dim, value.dim()) == batched->bdim();
  return stays ? value : value.movedim(batched->bdim(), dim);
}

}  // namespace

void func_wrap_grad(Environment&, FrameReader& in, FrameWriter& out) {
  std::vector<at::Tensor> tensors = in.tensors();
  const std::int64_t level = in.integer();
  for (at::Tensor& tensor : tensors) tensor = functorch::makeTensorWrapper(tensor, level);
  out.tensors(tensors);
}

void func_differentiable(Environment&, FrameReader& in, FrameWriter& out) {
  std::vector<at::Tensor> tensors = in.tensors();
  const std::int64_t level = in.integer();
  for (at::Tensor& tensor : tensors) {
    tensor = functorch::makeTensorWrapper(tensor, level);
    TORCH_CHECK(at::isFloatingType(tensor.scalar_type()) || at::isComplexType(tensor.scalar_type()),
                "only Tensors of floating point dtype can require gradients");
    tensor.set_requires_grad(true);
  }
  out.tensors(tensors);
}

void func_unwrap_grad(Environment&, FrameReader& in, FrameWriter& out) {
  std::vector<at::Tensor> tensors = in.tensors();
  const std::int64_t level = in.integer();
  for (at::Tensor& tensor : tensors) tensor = unwrap_grad(tensor, level);
  out.tensors(tensors);
}

void func_unwrap_dead(Environment&, FrameReader& in, FrameWriter& out) {
  out.tensor(functorch::unwrapIfDead(in.tensor()));
}

void func_add_batch_dim(Environment&, FrameReader& in, FrameWriter& out) {
  std::vector<at::Tensor> tensors = in.tensors();
  const std::vector<std::int64_t> dims = in.integers();
  const std::int64_t level = in.integer();
  TORCH_CHECK(tensors.size() == dims.size(), "each tensor needs its batch dimension");
  for (std::size_t i = 0; i < dims.size(); i++) tensors[i] = functorch::addBatchDim(tensors[i], dims[i], level);
  out.tensors(tensors);
}

void func_remove_batch_dim(Environment&, FrameReader& in, FrameWriter& out) {
  std::vector<at::Tensor> tensors = in.tensors();
  const std::vector<std::int64_t> dims = in.integers();
  const std::int64_t level = in.integer();
  const std::int64_t size = in.integer();
  TORCH_CHECK(tensors.size() == dims.size(), "each tensor needs its batch dimension");
  for (std::size_t i = 0; i < dims.size(); i++) tensors[i] = without_batch_dim(tensors[i], level, size, dims[i]);
  out.tensors(tensors);
}

void func_unwrap_batched(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = in.tensor();
  const std::int64_t level = in.integer();
  const auto* batched = functorch::maybeGetBatchedImpl(tensor);
  out.list(2);
  if (batched == nullptr || batched->level() != level) {
    out.tensor(tensor);
    out.none();
    return;
  }
  out.tensor(batched->value());
  out.integer(batched->bdim());
}

void func_describe(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = in.tensor();
  out.list(4);
  if (const auto* batched = functorch::maybeGetBatchedImpl(tensor)) {
    out.string("batched");
    out.integer(batched->level());
    out.integer(batched->bdim());
    out.tensor(batched->value());
  } else if (const auto* wrapper = functorch::maybeGetTensorWrapper(tensor)) {
    out.string("grad");
    out.integer(wrapper->level().value_or(-2));
    out.none();
    out.tensor(wrapper->value());
  } else {
    out.string("");
    out.none();
    out.none();
    out.none();
  }
}

}  // namespace tsorch
