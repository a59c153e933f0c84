#include <ATen/ATen.h>

#include <map>

#include "../environment.h"

namespace tsorch {

namespace {

/// The tensors of one device, and of one dtype within it, that the operator takes in one call.
struct OnDevice {
  at::Tensor found_inf;
  at::Tensor inverse_scale;
  std::map<at::ScalarType, std::vector<at::Tensor>> gradients;
};

/// The elements of a gradient; float16 rows of a sparse one are added up first, which may overflow.
at::Tensor elements_of(const at::Tensor& param) {
  at::Tensor& grad = param.mutable_grad();
  if (!grad.is_sparse()) return grad;
  if (grad.scalar_type() == at::kHalf) grad = grad.coalesce();
  return grad._values();
}

}  // namespace

void amp_unscale(Environment&, FrameReader& in, FrameWriter& out) {
  const std::vector<at::Tensor> params = in.tensors();
  const at::Tensor inverse_scale = in.tensor();
  const at::Tensor found_inf = in.tensor();
  const bool allow_half = in.boolean();
  const at::NoGradGuard no_grad;
  for (const at::Tensor& param : params) {
    const at::Tensor& grad = param.grad();
    TORCH_CHECK_VALUE(allow_half || !grad.defined() || grad.scalar_type() != at::kHalf,
                      "Attempting to unscale FP16 gradients.");
  }
  std::map<std::string, OnDevice> devices;
  for (const at::Tensor& param : params) {
    if (!param.grad().defined()) continue;
    const at::Tensor elements = elements_of(param);
    OnDevice& here = devices[elements.device().str()];
    if (!here.found_inf.defined()) {
      here.found_inf = found_inf.to(elements.device(), found_inf.scalar_type(), true, true);
      here.inverse_scale = inverse_scale.to(elements.device(), inverse_scale.scalar_type(), true);
    }
    here.gradients[elements.scalar_type()].push_back(elements);
  }
  out.list(devices.size());
  for (auto& [name, here] : devices) {
    for (auto& [type, gradients] : here.gradients) {
      at::_amp_foreach_non_finite_check_and_unscale_(gradients, here.found_inf, here.inverse_scale);
    }
    out.tensor(here.found_inf);
  }
}

}  // namespace tsorch
