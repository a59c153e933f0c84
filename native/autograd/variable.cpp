#include <ATen/ATen.h>
#include <ATen/functorch/DynamicLayer.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include "../environment.h"

namespace tsorch {

namespace {

/// Before a node that gathers the gradient of a tensor that has gone to another object.
struct Poison final : torch::autograd::FunctionPreHook {
  torch::autograd::variable_list operator()(const torch::autograd::variable_list&) override {
    TORCH_CHECK(
        false,
        "Trying to execute AccumulateGrad node that was poisoned by swap_tensors this can happen when you try to "
        "run backward on a tensor that was swapped. For a module m with "
        "`torch.__future__.set_swap_module_params_on_conversion(True)` you should not change the device or dtype "
        "of the module (e.g. `m.cpu()` or `m.half()`) between running forward and backward. To resolve this, "
        "please only change the device/dtype before running forward (or after both forward and backward).");
  }
};

/// Nobody but the table and the caller may hold a tensor that goes to another object, and the node that gathers its
/// gradient, which is returned.
NodePtr check_owners(const at::Tensor& tensor, const char* name) {
  const std::size_t count = tensor.use_count() - 1;
  NodePtr accumulator = torch::autograd::impl::try_get_grad_accumulator(tensor);
  TORCH_CHECK(count == 1 || (count == 2 && accumulator), "Expected use_count of ", name,
              " to be 1 or 2 with an AccumulateGrad node but got ", count,
              " make sure you are not holding references to the tensor in other places.");
  return count == 2 ? accumulator : NodePtr();
}

}  // namespace

/// (tensor, tensor): each object gets the other's tensor
void swap_tensors(Environment& environment, FrameReader& in, FrameWriter&) {
  const at::Tensor first = in.tensor();
  const at::Tensor second = in.tensor();
  for (const NodePtr& node : {check_owners(first, "t1"), check_owners(second, "t2")}) {
    if (node) node->add_pre_hook(std::make_unique<Poison>());
  }
  const Handle first_handle = environment.handles.adopt(first).handle;
  const Handle second_handle = environment.handles.adopt(second).handle;
  environment.handles.replace(first_handle, at::empty({0}));
  environment.handles.replace(second_handle, first);
  environment.handles.replace(first_handle, second);
}

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
