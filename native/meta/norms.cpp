#include <ATen/ATen.h>
#include <ATen/OpMathType.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

/// Running statistics are what inference saves, and what training computes has their size.
Results batch_norm(const Call& call) {
  const Tensor& input = call.tensor("input");
  const at::ScalarType dtype = at::toOpMathType(input.scalar_type());
  const Tensor statistics = sized(input, {input.size(1)}, dtype);
  return {alike(input), statistics, alike(statistics)};
}

Results batch_norm_with_reserve(const Call& call) {
  Results results = batch_norm(call);
  results.push_back(sized(results[0], {0}, at::kByte));
  return results;
}

Tensor if_wanted(const Call& call, std::size_t index, const Tensor& gradient) {
  return call.flag("output_mask", index) ? gradient : Tensor();
}

/// The gradient of a weight or bias: its sizes, in the dtype of the weight if there is one.
Tensor parameter_gradient(const Call& call, at::IntArrayRef sizes) {
  const Tensor& input = call.tensor("input");
  return sized(input, sizes, call.has("weight") ? call.tensor("weight").scalar_type() : input.scalar_type());
}

Results batch_norm_gradients(const Call& call) {
  const Tensor& input = call.tensor("input");
  const Tensor parameter = parameter_gradient(call, {input.size(1)});
  return {alike(input), if_wanted(call, 1, parameter), if_wanted(call, 2, alike(parameter))};
}

Results group_norm_gradients(const Call& call) {
  const Tensor parameter = parameter_gradient(call, {call.integer("C")});
  return {if_wanted(call, 0, alike(call.tensor("input"))), if_wanted(call, 1, parameter),
          if_wanted(call, 2, alike(parameter))};
}

Results layer_norm_gradients(const Call& call) {
  const Tensor parameter = parameter_gradient(call, call.integers("normalized_shape"));
  return {if_wanted(call, 0, contiguous_alike(call.tensor("input"))), if_wanted(call, 1, parameter),
          if_wanted(call, 2, alike(parameter))};
}

Results rms_norm_gradients(const Call& call) {
  const Tensor parameter = parameter_gradient(call, call.integers("normalized_shape"));
  return {if_wanted(call, 0, contiguous_alike(call.tensor("input"))), if_wanted(call, 1, parameter)};
}

/// The norms of bfloat16 weights stay in float32.
Results weight_norm(const Call& call) {
  const Tensor& direction = call.tensor("v");
  const std::int64_t dim = call.integer("dim");
  Sizes sizes(direction.dim(), 1);
  sizes.at(dim) = direction.size(dim);
  const at::ScalarType dtype = call.tensor("g").scalar_type();
  return {alike(direction), sized(direction, sizes, dtype == at::kBFloat16 ? at::kFloat : dtype)};
}

Results weight_norm_gradients(const Call& call) {
  return {alike(call.tensor("saved_v")), alike(call.tensor("saved_g"))};
}

}  // namespace

Rules norm_rules() {
  static constexpr Rule kRules[] = {
      {"_batch_norm_with_update", batch_norm_with_reserve},
      {"_fused_rms_norm_backward", rms_norm_gradients},
      {"_native_batch_norm_legit", batch_norm},
      {"_weight_norm_interface", weight_norm},
      {"_weight_norm_interface_backward", weight_norm_gradients},
      {"batch_norm_backward", batch_norm_gradients},
      {"native_batch_norm", batch_norm},
      {"native_batch_norm_backward", batch_norm_gradients},
      {"native_group_norm_backward", group_norm_gradients},
      {"native_layer_norm_backward", layer_norm_gradients},
  };
  return kRules;
}

}  // namespace tsorch::meta
