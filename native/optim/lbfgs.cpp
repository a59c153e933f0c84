#include <ATen/ATen.h>

#include "../environment.h"

namespace tsorch {

namespace {

at::Tensor real_view(const at::Tensor& tensor) { return tensor.is_complex() ? at::view_as_real(tensor) : tensor; }

/// The gradient of a parameter as a vector of reals; zeros where there is none.
at::Tensor flat_gradient(const at::Tensor& param) {
  const at::Tensor& grad = param.grad();
  if (!grad.defined()) return real_view(at::zeros({param.numel()}, param.options())).reshape({-1});
  return real_view(grad.is_sparse() ? grad.to_dense() : grad).reshape({-1});
}

}  // namespace

void optim_flat_grad(Environment&, FrameReader& in, FrameWriter& out) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& param : in.tensors()) gradients.push_back(flat_gradient(param));
  out.tensor(at::cat(gradients));
}

void optim_add_flat(Environment&, FrameReader& in, FrameWriter&) {
  const std::vector<at::Tensor> params = in.tensors();
  const at::Tensor update = in.tensor();
  const double step = in.number();
  const at::NoGradGuard no_grad;
  std::int64_t offset = 0;
  for (const at::Tensor& param : params) {
    const at::Tensor real = real_view(param);
    real.add_(update.narrow(0, offset, real.numel()).view(real.sizes()), step);
    offset += real.numel();
  }
}

/// The product of the inverse Hessian, as the past steps approximate it, with the gradient downwards.
void optim_lbfgs_direction(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor grad = in.tensor();
  const std::vector<at::Tensor> changes = in.tensors();  // of the gradient
  const std::vector<at::Tensor> steps = in.tensors();
  const std::vector<at::Tensor> inverses = in.tensors();  // one over their products
  const at::Scalar diagonal = in.scalar();
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> weights(steps.size());
  at::Tensor direction = grad.neg();
  for (std::size_t i = steps.size(); i-- > 0;) {
    weights[i] = steps[i].dot(direction) * inverses[i];
    direction.add_(changes[i], -weights[i].item<double>());
  }
  direction.mul_(diagonal);
  for (std::size_t i = 0; i < steps.size(); i++) {
    const at::Tensor weight = changes[i].dot(direction) * inverses[i];
    direction.add_(steps[i], (weights[i] - weight).item<double>());
  }
  out.list(2);
  out.tensor(direction);
  out.tensors(weights);
}

}  // namespace tsorch
