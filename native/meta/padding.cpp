#include <ATen/ATen.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

Sizes padded_sizes(const Tensor& input, const Sizes& padding) {
  Sizes sizes = input.sizes().vec();
  for (std::size_t i = 0; i < padding.size() / 2; i++) {
    sizes.at(sizes.size() - 1 - i) += padding[2 * i] + padding[2 * i + 1];
  }
  return sizes;
}

Results reflection_pad2d(const Call& call) {
  const Tensor& input = call.self();
  const Sizes padding = call.integers("padding");
  TORCH_CHECK(padding.size() == 4, "padding size is expected to be 4");
  TORCH_CHECK(
      (input.dim() == 3 || input.dim() == 4) && input.size(-1) != 0 && input.size(-2) != 0 && input.size(-3) != 0,
      "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but "
      "got: ",
      input.sizes());
  TORCH_CHECK(padding[0] < input.size(-1) && padding[1] < input.size(-1),
              "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (",
              padding[0], ", ", padding[1], ") at dimension ", input.dim() - 1, " of input ", input.sizes());
  TORCH_CHECK(padding[2] < input.size(-2) && padding[3] < input.size(-2),
              "Argument #6: Padding size should be less than the corresponding input dimension, but got: padding (",
              padding[2], ", ", padding[3], ") at dimension ", input.dim() - 2, " of input ", input.sizes());
  return {formatted(input, padded_sizes(input, padding), input)};
}

Results pad_gradient(const Call& call) {
  const Tensor& input = call.tensor("self");
  const Tensor& gradient = call.tensor("grad_output");
  const Sizes expected = padded_sizes(input, call.integers("padding"));
  TORCH_CHECK(gradient.size(-1) == expected.back(), "grad_output width unexpected. Expected: ", expected.back(),
              ", Got: ", gradient.size(-1));
  const std::int64_t height = expected[expected.size() - 2];
  TORCH_CHECK(gradient.size(-2) == height, "grad_output height unexpected. Expected: ", height,
              ", Got: ", gradient.size(-2));
  return {contiguous_alike(input)};
}

}  // namespace

Rules pad_rules() {
  static constexpr Rule kRules[] = {
      {"reflection_pad2d", reflection_pad2d},
      {"reflection_pad2d_backward", pad_gradient},
      {"replication_pad2d_backward", pad_gradient},
      {"replication_pad3d_backward", pad_gradient},
  };
  return kRules;
}

}  // namespace tsorch::meta
