// Pooling, and what else looks at windows of images: folds, samplers.
#include <ATen/ATen.h>
#include <ATen/native/GridSamplerUtils.h>
#include <ATen/native/Pool.h>
#include <ATen/native/im2col_shape_check.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

/// The input's sizes with the last ones replaced.
Sizes with_last(const Tensor& input, const Sizes& last) {
  Sizes sizes = input.sizes().vec();
  std::copy(last.begin(), last.end(), sizes.end() - static_cast<std::ptrdiff_t>(last.size()));
  return sizes;
}

Results adaptive_avg_pool2d(const Call& call) {
  const Tensor& input = call.self();
  TORCH_CHECK(input.dim() == 3 || input.dim() == 4, "Expected 3D or 4D tensor, but got ", input.sizes());
  return {formatted(input, with_last(input, call.integers("output_size", 2)), input)};
}

Results adaptive_avg_pool3d(const Call& call) {
  const Tensor& input = call.self();
  TORCH_CHECK(input.dim() == 4 || input.dim() == 5, "Expected 4D or 5D tensor, but got ", input.sizes());
  return {sized(input, with_last(input, call.integers("output_size", 3)))};
}

Results adaptive_avg_pool2d_gradient(const Call& call) {
  const Tensor& input = call.tensor("self");
  TORCH_CHECK(input.scalar_type() == call.tensor("grad_output").scalar_type(), "expected dtype ", input.scalar_type(),
              " for `grad_output` but got dtype ", call.tensor("grad_output").scalar_type());
  return {formatted(input, input.sizes(), input)};
}

Sizes pooled_sizes(const Call& call) {
  const Tensor& input = call.self();
  const Sizes kernel = call.integers("kernel_size", 3);
  const Sizes stride = call.integers("stride").empty() ? kernel : call.integers("stride", 3);
  const Sizes padding = call.integers("padding", 3);
  const Sizes dilation = call.integers("dilation", 3);
  TORCH_CHECK(input.dim() == 4 || input.dim() == 5, "non-empty 4D or 5D (batch mode) tensor expected for input");
  const at::IntArrayRef size = input.sizes().slice(input.dim() - 3);
  Sizes output;
  for (std::size_t i = 0; i < 3; i++) {
    output.push_back(at::native::pooling_output_shape<std::int64_t>(size[i], kernel[i], padding[i], stride[i],
                                                                    dilation[i], call.flag("ceil_mode")));
  }
  at::native::pool3d_shape_check(input, input.size(-4), kernel[0], kernel[1], kernel[2], stride[0], stride[1],
                                 stride[2], padding[0], padding[1], padding[2], dilation[0], dilation[1], dilation[2],
                                 size[0], size[1], size[2], output[0], output[1], output[2],
                                 "max_pool3d_with_indices()");
  return with_last(input, output);
}

Results max_pool3d(const Call& call) {
  const Tensor& input = call.self();
  const Tensor output = formatted(input, pooled_sizes(call), input);
  return {output, alike(output, at::kLong)};
}

Results max_unpool(const Call& call) {
  const Tensor& input = call.self();
  const Tensor& indices = call.tensor("indices");
  const Sizes output = call.integers("output_size");
  const auto dims = static_cast<std::int64_t>(output.size());
  TORCH_CHECK(indices.scalar_type() == at::kLong,
              "elements in indices should be type int64 but got: ", indices.scalar_type());
  TORCH_CHECK(input.dim() == dims + 1 || input.dim() == dims + 2, "Input to max_unpooling", dims, "d should be a ",
              dims + 1, "d or ", dims + 2, "d Tensor, but got a tensor with ", input.dim(), " dimensions.");
  TORCH_CHECK(input.sizes() == indices.sizes(), "Expected shape of indices to be same as that of the input tensor (",
              input.sizes(), ") but got indices tensor with shape: ", indices.sizes());
  for (std::int64_t i = 1; i < input.dim(); i++) {
    TORCH_CHECK(input.size(i) > 0, "max_unpooling", dims,
                "d(): Expected input to have non-zero size for non-batch dimensions, but got ", input.sizes(),
                " with dimension ", i, " being empty.");
  }
  return {sized(input, with_last(input, output))};
}

Results fold(const Call& call) {
  const Tensor& columns = call.self();
  const Sizes output = call.integers("output_size", 2);
  const Sizes kernel = call.integers("kernel_size", 2);
  const Sizes dilation = call.integers("dilation", 2);
  const Sizes padding = call.integers("padding", 2);
  const Sizes stride = call.integers("stride", 2);
  at::native::col2im_shape_check(columns, Tensor(), output[0], output[1], kernel[0], kernel[1], dilation[0],
                                 dilation[1], padding[0], padding[1], stride[0], stride[1]);
  Sizes sizes = columns.sizes().slice(0, columns.dim() - 2).vec();
  sizes.push_back(columns.size(-2) / (kernel[0] * kernel[1]));
  sizes.insert(sizes.end(), output.begin(), output.end());
  return {sized(columns, sizes)};
}

Results unfold(const Call& call) {
  const Tensor& image = call.self();
  const Sizes kernel = call.integers("kernel_size", 2);
  const Sizes dilation = call.integers("dilation", 2);
  const Sizes padding = call.integers("padding", 2);
  const Sizes stride = call.integers("stride", 2);
  at::native::im2col_shape_check(image, Tensor(), kernel[0], kernel[1], dilation[0], dilation[1], padding[0],
                                 padding[1], stride[0], stride[1]);
  std::int64_t windows = 1;
  for (std::int64_t i = 0; i < 2; i++) {
    windows *= (image.size(i - 2) + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) / stride[i] + 1;
  }
  Sizes sizes = image.sizes().slice(0, image.dim() - 3).vec();
  sizes.push_back(image.size(-3) * kernel[0] * kernel[1]);
  sizes.push_back(windows);
  return {sized(image, sizes)};
}

void check_sampler(const Call& call) {
  const Tensor& input = call.tensor("input");
  const Tensor& grid = call.tensor("grid");
  at::native::check_grid_sampler_common(input, grid);
  if (call.schema().name().find("2d") != std::string::npos) {
    at::native::check_grid_sampler_2d(input, grid);
  } else {
    at::native::check_grid_sampler_3d(input, grid, call.integer("interpolation_mode"));
  }
}

Results grid_sampler(const Call& call) {
  check_sampler(call);
  const Tensor& input = call.tensor("input");
  const Tensor& grid = call.tensor("grid");
  Sizes sizes = grid.sizes().slice(0, grid.dim() - 1).vec();
  sizes.insert(sizes.begin() + 1, input.size(1));
  return {sized(input, sizes)};
}

Results grid_sampler_gradients(const Call& call) {
  const Tensor input = call.flag("output_mask", 0) ? contiguous_alike(call.tensor("input")) : Tensor();
  return {input, contiguous_alike(call.tensor("grid"))};
}

}  // namespace

Rules pool_rules() {
  static constexpr Rule kRules[] = {
      {"_adaptive_avg_pool2d", adaptive_avg_pool2d},
      {"_adaptive_avg_pool2d_backward", adaptive_avg_pool2d_gradient},
      {"_adaptive_avg_pool3d", adaptive_avg_pool3d},
      {"_adaptive_avg_pool3d_backward", contiguous_like_self},
      {"col2im", fold},
      {"grid_sampler_2d", grid_sampler},
      {"grid_sampler_2d_backward", grid_sampler_gradients},
      {"grid_sampler_3d", grid_sampler},
      {"grid_sampler_3d_backward", grid_sampler_gradients},
      {"im2col", unfold},
      {"max_pool3d_with_indices", max_pool3d},
      {"max_pool3d_with_indices_backward", contiguous_like_self},
      {"max_unpool2d", max_unpool},
      {"max_unpool3d", max_unpool},
  };
  return kRules;
}

}  // namespace tsorch::meta
