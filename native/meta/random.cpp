#include <ATen/ATen.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

template <at::ScalarType mask_dtype>
Results dropout(const Call& call) {
  return {alike(call.self()), alike(call.self(), mask_dtype)};
}

Results dropout_gradient(const Call& call) { return {alike(call.tensor("grad_output"))}; }

Results multinomial(const Call& call) {
  const Tensor& weights = call.self();
  const std::int64_t samples = call.integer("num_samples");
  TORCH_CHECK(weights.dim() == 1 || weights.dim() == 2,
              "The probability distributions dimensions must be 1 or 2, but got ", weights.dim());
  TORCH_CHECK(at::isFloatingType(weights.scalar_type()),
              "multinomial only supports floating-point dtypes for input, got: ", weights.scalar_type());
  TORCH_CHECK(samples > 0, "cannot sample n_sample <= 0 samples");
  TORCH_CHECK(call.flag("replacement") || samples <= weights.size(-1),
              "cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  Sizes sizes = weights.sizes().vec();
  sizes.back() = samples;
  return {sized(weights, sizes, at::kLong)};
}

Results permutation(const Call& call) { return {sized(call.tensor("out"), {call.integer("n")})}; }

}  // namespace

Rules random_rules() {
  static constexpr Rule kRules[] = {
      {"_fused_dropout", dropout<at::kByte>},
      {"_standard_gamma", like_self},
      {"bernoulli", contiguous_like_self},
      {"multinomial", multinomial},
      {"native_dropout", dropout<at::kBool>},
      {"native_dropout_backward", dropout_gradient},
      {"poisson", like_self},
      {"randperm", permutation},
      {"rrelu_with_noise", like_self},
  };
  return kRules;
}

}  // namespace tsorch::meta
