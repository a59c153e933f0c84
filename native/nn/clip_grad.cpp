#include <ATen/ATen.h>

#include <map>

#include "../environment.h"

namespace tsorch {

namespace {

std::vector<at::Tensor> gradients_of(const std::vector<at::Tensor>& parameters) {
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& parameter : parameters) {
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  }
  return gradients;
}

/// Tensors by device and dtype: one kernel serves each group.
std::map<std::tuple<c10::DeviceType, c10::DeviceIndex, c10::ScalarType>, std::vector<at::Tensor>> grouped(
    const std::vector<at::Tensor>& tensors) {
  std::map<std::tuple<c10::DeviceType, c10::DeviceIndex, c10::ScalarType>, std::vector<at::Tensor>> groups;
  for (const at::Tensor& tensor : tensors) {
    groups[{tensor.device().type(), tensor.device().index(), tensor.scalar_type()}].push_back(tensor);
  }
  return groups;
}

at::Tensor total_norm(const std::vector<at::Tensor>& tensors, double order) {
  if (tensors.empty()) return at::zeros({});
  const c10::Device device = tensors.front().device();
  std::vector<at::Tensor> norms;
  for (const auto& [key, group] : grouped(tensors)) {
    for (const at::Tensor& norm : at::_foreach_norm(group, order)) norms.push_back(norm.to(device));
  }
  return at::linalg_vector_norm(at::stack(norms), order);
}

void scale_down(const std::vector<at::Tensor>& gradients, double max_norm, const at::Tensor& norm) {
  const at::Tensor scale = (max_norm / (norm + 1e-6)).clamp_max(1.0);
  for (const auto& [key, group] : grouped(gradients)) at::_foreach_mul_(group, scale.to(group.front().device()));
}

}  // namespace

void nn_total_norm(Environment&, FrameReader& in, FrameWriter& out) {
  const at::NoGradGuard no_grad;
  const std::vector<at::Tensor> tensors = in.tensors();
  out.tensor(total_norm(tensors, in.number()));
}

void nn_clip_grads_with_norm(Environment&, FrameReader& in, FrameWriter&) {
  const at::NoGradGuard no_grad;
  const std::vector<at::Tensor> gradients = gradients_of(in.tensors());
  const double max_norm = in.number();
  scale_down(gradients, max_norm, in.tensor());
}

void nn_clip_grad_norm(Environment&, FrameReader& in, FrameWriter& out) {
  const at::NoGradGuard no_grad;
  const std::vector<at::Tensor> gradients = gradients_of(in.tensors());
  const double max_norm = in.number();
  at::Tensor norm = total_norm(gradients, in.number());
  scale_down(gradients, max_norm, norm);
  out.tensor(std::move(norm));
}

void nn_clip_grad_value(Environment&, FrameReader& in, FrameWriter&) {
  const at::NoGradGuard no_grad;
  const std::vector<at::Tensor> gradients = gradients_of(in.tensors());
  const double value = in.number();
  for (const auto& [key, group] : grouped(gradients)) {
    at::_foreach_clamp_min_(group, -value);
    at::_foreach_clamp_max_(group, value);
  }
}

}  // namespace tsorch
