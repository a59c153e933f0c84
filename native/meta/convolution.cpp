#include <ATen/ATen.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

std::string joined(at::IntArrayRef sizes) {
  std::string text;
  for (const std::int64_t size : sizes) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

Sizes output_sizes(const Call& call) {
  const Tensor& input = call.tensor("input");
  const Tensor& weight = call.tensor("weight");
  const std::size_t dims = input.dim() - 2;
  const bool transposed = call.flag("transposed");
  const std::int64_t groups = call.integer("groups");
  const Sizes stride = call.integers("stride", dims);
  const Sizes padding = call.integers("padding", dims);
  const Sizes dilation = call.integers("dilation", dims);
  const Sizes output_padding = call.integers("output_padding", dims);
  TORCH_CHECK(transposed || weight.size(1) * groups == input.size(1), "Invalid channel dimensions");
  Sizes sizes{input.size(0), transposed ? groups * weight.size(1) : weight.size(0)};
  if (input.size(1) == 0) sizes[1] = 0;
  Sizes padded;
  Sizes kernel;
  for (std::size_t i = 0; i < dims; i++) {
    const std::int64_t size = input.size(i + 2);
    kernel.push_back(dilation[i] * (weight.size(i + 2) - 1) + 1);
    padded.push_back(size + 2 * padding[i]);
    sizes.push_back(transposed ? (size - 1) * stride[i] - 2 * padding[i] + kernel[i] + output_padding[i]
                               : (padded[i] - kernel[i]) / stride[i] + 1);
  }
  for (std::size_t i = 0; i < dims; i++) {
    TORCH_CHECK(transposed || padded[i] >= kernel[i], "Calculated padded input size per channel: (", joined(padded),
                "). Kernel size: (", joined(kernel), "). Kernel size can't be greater than actual input size");
    TORCH_CHECK(sizes[i + 2] > 0, "Given input size per channel: ", input.sizes().slice(2),
                ". Calculated output size per channel: ", at::IntArrayRef(sizes).slice(2),
                ". Output size is too small");
  }
  return sizes;
}

Results convolution(const Call& call) { return {sized(call.tensor("input"), output_sizes(call))}; }

Results convolution_backward(const Call& call) {
  const Tensor& gradient = call.tensor("grad_output");
  Results results(3);
  if (call.flag("output_mask", 0)) results[0] = sized(gradient, call.tensor("input").sizes());
  if (call.flag("output_mask", 1)) results[1] = sized(gradient, call.tensor("weight").sizes());
  if (call.flag("output_mask", 2)) results[2] = sized(gradient, {gradient.size(1)});
  return results;
}

}  // namespace

Rules convolution_rules() {
  static constexpr Rule kRules[] = {
      {"_convolution", convolution, Over::kDefinition},
      {"convolution", convolution, Over::kDefinition},
      {"convolution_backward", convolution_backward, Over::kDefinition},
  };
  return kRules;
}

}  // namespace tsorch::meta
