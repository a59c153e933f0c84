#include <ATen/ATen.h>
#include <ATen/functorch/DynamicLayer.h>
#include <torch/csrc/autograd/variable.h>

#include "autograd.h"

namespace tsorch {

void requires_grad(Environment&, FrameReader& in, FrameWriter& out) { out.boolean(in.tensor().requires_grad()); }

void set_requires_grad(Environment&, FrameReader& in, FrameWriter&) {
  const at::Tensor& tensor = in.tensor();
  const bool value = in.boolean();
  TORCH_CHECK(!at::functorch::maybeCurrentDynamicLayer().has_value(),
              "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) "
              "inside of a function being transformed by a functorch transform. This is unsupported, please attempt to "
              "use the functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call requires_grad_() outside "
              "of a function being transformed instead.");
  TORCH_CHECK(tensor.is_leaf() || value,
              "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
              "subgraph that doesn't require differentiation use var_no_grad = var.detach().");
  TORCH_CHECK(!value || torch::autograd::isDifferentiableType(tensor.scalar_type()),
              "only Tensors of floating point dtype can require gradients");
  if (tensor.is_leaf()) tensor.set_requires_grad(value);
}

void is_leaf(Environment&, FrameReader& in, FrameWriter& out) { out.boolean(in.tensor().is_leaf()); }

void get_grad(Environment&, FrameReader& in, FrameWriter& out) { out.tensor(in.tensor().grad()); }

/// (tensor, gradient or null); lib/tensor/tensor.ts has compared their types
void set_grad(Environment&, FrameReader& in, FrameWriter&) {
  const at::Tensor tensor = in.tensor();
  tensor.mutable_grad() = in.optional_tensor();
}

void grad_dtype(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  TORCH_CHECK(tensor.grad_fn() == nullptr, "grad_dtype can only be accessed on leaf tensors.");
  const auto dtype = tensor.grad_dtype();
  if (!dtype) return out.none();
  out.integer(static_cast<std::int64_t>(*dtype));
}

/// (tensor, dtype or none: gradients keep the one they come with)
void set_grad_dtype(Environment&, FrameReader& in, FrameWriter&) {
  const at::Tensor& tensor = in.tensor();
  std::optional<at::ScalarType> dtype;
  if (!in.none()) dtype = static_cast<at::ScalarType>(in.integer());
  TORCH_CHECK(tensor.grad_fn() == nullptr, "grad_dtype can only be set on leaf tensors.");
  const at::Tensor& grad = tensor.grad();
  TORCH_CHECK(!grad.defined() || !dtype || *dtype == grad.scalar_type(), "Cannot set grad_dtype to '",
              dtype.value_or(at::kFloat), "' because there is already a gradient with dtype '", grad.dtype(),
              "'. Please clear the gradient (.grad = None) before changing grad_dtype, or ensure the new grad_dtype "
              "matches the existing gradient's dtype.");
  tensor.set_grad_dtype(dtype);
}

void grad_fn(Environment&, FrameReader& in, FrameWriter& out) { out.node(in.tensor().grad_fn()); }

void output_nr(Environment&, FrameReader& in, FrameWriter& out) { out.integer(in.tensor().output_nr()); }

void tensor_version(Environment&, FrameReader& in, FrameWriter& out) { out.integer(in.tensor()._version()); }

void retain_grad(Environment&, FrameReader& in, FrameWriter&) { in.tensor().retain_grad(); }

void retains_grad(Environment&, FrameReader& in, FrameWriter& out) { out.boolean(in.tensor().retains_grad()); }

void get_data(Environment&, FrameReader& in, FrameWriter& out) { out.tensor(in.tensor().variable_data()); }

/// (tensor, new data)
void set_data(Environment&, FrameReader& in, FrameWriter&) {
  const at::Tensor tensor = in.tensor();
  tensor.set_data(in.tensor());
}

void view_base(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor& tensor = in.tensor();
  if (!tensor.is_view()) return out.none();
  const at::TensorBase& base = tensor._base();
  out.tensor(at::Tensor(base));
}

}  // namespace tsorch
