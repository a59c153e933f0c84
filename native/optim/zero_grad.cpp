#include <ATen/ATen.h>

#include "../environment.h"

namespace tsorch {

void optim_zero_grad(Environment&, FrameReader& in, FrameWriter&) {
  const std::vector<at::Tensor> params = in.tensors();
  const bool set_to_none = in.boolean();
  const at::NoGradGuard no_grad;
  for (const at::Tensor& param : params) {
    at::Tensor& grad = param.mutable_grad();
    if (!grad.defined()) continue;
    if (set_to_none) {
      grad.reset();
      continue;
    }
    if (grad.grad_fn() != nullptr) {
      grad.detach_();
    } else {
      grad.set_requires_grad(false);
    }
    grad.zero_();
  }
}

}  // namespace tsorch
