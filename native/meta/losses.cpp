#include <ATen/ATen.h>
#include <ATen/core/Reduction.h>

#include "elementwise.h"
#include "meta.h"

namespace tsorch::meta {

namespace {

bool is_reduced(const Call& call) { return call.integer("reduction") != at::Reduction::None; }

/// A loss of each element, or of all.
Results loss(const Call& call) {
  const std::vector<Tensor> operands = call.tensors();
  const Tensor losses = broadcast(operands, promoted(operands));
  return {is_reduced(call) ? sized(losses, {}) : losses};
}

Results nll_loss2d(const Call& call) {
  const Tensor& self = call.self();
  const Tensor& target = call.tensor("target");
  TORCH_CHECK(target.dim() == 3,
              "only batches of spatial targets supported (3D tensors) but got targets of dimension: ", target.dim());
  TORCH_CHECK(self.dim() == 4,
              "only batches of spatial inputs supported (4D tensors), but got input of dimension: ", self.dim());
  TORCH_CHECK(!call.has("weight") || call.tensor("weight").numel() == self.size(1),
              "weight tensor should be defined either for all or no classes");
  TORCH_CHECK(self.size(0) == target.size(0) && self.size(2) == target.size(1) && self.size(3) == target.size(2),
              "size mismatch (got input: ", self.sizes(), " , target: ", target.sizes());
  return {is_reduced(call) ? sized(self, {}) : sized(self, target.sizes()), sized(self, {})};
}

/// The samples of a batch, in losses whose input may be one sample.
std::int64_t batch_size(const Tensor& self) { return self.dim() == 2 ? self.size(0) : 1; }

Results multi_margin_loss(const Call& call) {
  const Tensor& self = call.self();
  const Tensor& target = call.tensor("target");
  const std::int64_t batch = batch_size(self);
  const std::int64_t p = call.value("p").toScalar().toLong();
  TORCH_CHECK(p == 1 || p == 2, "only p == 1 and p == 2 supported");
  TORCH_CHECK(self.dim() <= 2 && (self.dim() == 0 || self.size(-1) != 0),
              "Expected non-empty vector or matrix with optional 0-dim batch size, but got: ", self.sizes());
  TORCH_CHECK(target.dim() <= 1 && target.numel() == batch, "inconsistent target size, expected ", batch, " but got ",
              target.sizes());
  const bool is_scalar = is_reduced(call) || target.dim() == 0;
  return {is_scalar ? sized(self, {}) : sized(self, {batch})};
}

Results multilabel_margin_loss(const Call& call) {
  const Tensor& self = call.self();
  const Tensor& target = call.tensor("target");
  TORCH_CHECK(self.dim() <= 2 && (self.dim() == 0 || self.size(-1) != 0),
              "Expected non-empty vector or matrix with optional 0-dim batch size, but got: ", self.sizes());
  TORCH_CHECK(target.sizes() == self.sizes(), "inconsistent target size: ", target.sizes(),
              " for input of size: ", self.sizes());
  const bool is_scalar = is_reduced(call) || target.dim() <= 1;
  return {is_scalar ? sized(self, {}) : sized(self, {batch_size(self)}), contiguous_alike(target, self.scalar_type())};
}

}  // namespace

Rules loss_rules() {
  static constexpr Rule kRules[] = {
      {"binary_cross_entropy", loss},
      {"binary_cross_entropy_backward", like_self},
      {"huber_loss", loss},
      {"huber_loss_backward", elementwise},
      {"mse_loss_backward", elementwise},
      {"multi_margin_loss", multi_margin_loss},
      {"multi_margin_loss_backward", like_self},
      {"multilabel_margin_loss_backward", like_self},
      {"multilabel_margin_loss_forward", multilabel_margin_loss},
      {"nll_loss2d_backward", contiguous_like_self},
      {"nll_loss2d_forward", nll_loss2d},
      {"smooth_l1_loss_backward", elementwise},
  };
  return kRules;
}

}  // namespace tsorch::meta
