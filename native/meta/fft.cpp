// Transforms lie in memory as PyTorch's functions for meta leave them, which follow the kernels of CUDA.
#include <ATen/ATen.h>

#include <algorithm>

#include "meta.h"

namespace tsorch::meta {

namespace {

constexpr std::size_t kMostDimsAtOnce = 3;

void sort_by_stride(Sizes& dims, const Tensor& tensor) {
  std::stable_sort(dims.begin(), dims.end(), [&](auto a, auto b) { return tensor.stride(a) > tensor.stride(b); });
}

/// The result of transforming some dimensions at once: these come last in memory, the others keep their order.
Tensor transformed(const Tensor& input, at::IntArrayRef sizes, const Sizes& dims, at::ScalarType dtype) {
  Sizes order;
  for (std::int64_t i = 0; i < input.dim(); i++) {
    if (std::find(dims.begin(), dims.end(), i) == dims.end()) order.push_back(i);
  }
  sort_by_stride(order, input);
  order.insert(order.end(), dims.begin(), dims.end());
  return at::empty_permuted(sizes, order, input.options().dtype(dtype));
}

/// From complex to complex, at most three dimensions at a time, those that lie closest first.
Tensor transformed_by_parts(Tensor input, Sizes dims) {
  while (!dims.empty()) {
    sort_by_stride(dims, input);
    const std::size_t count = std::min(kMostDimsAtOnce, dims.size());
    const Sizes last(dims.end() - static_cast<std::ptrdiff_t>(count), dims.end());
    input = transformed(input, input.sizes(), last, input.scalar_type());
    dims.resize(dims.size() - count);
  }
  return input;
}

bool fits_one_plan(const Sizes& dims) {
  return dims.size() <= kMostDimsAtOnce && !(dims.size() >= 2 && dims[0] == 0 && dims[1] == 1);
}

Sizes without_last(const Sizes& dims) { return {dims.begin(), dims.end() - 1}; }

/// The input's sizes, with another for the last transformed dimension.
Sizes with_last_dim(const Call& call, std::int64_t size) {
  Sizes sizes = call.self().sizes().vec();
  sizes.at(call.integers("dim").back()) = size;
  return sizes;
}

Results complex_to_complex(const Call& call) {
  const Tensor& self = call.self();
  const Sizes dims = call.integers("dim");
  return {dims.empty() ? alike(self) : transformed_by_parts(self, dims)};
}

Results real_to_complex(const Call& call) {
  const Tensor& self = call.self();
  const Sizes dims = call.integers("dim");
  const at::ScalarType dtype = complex_of(self.scalar_type());
  const bool onesided = call.flag("onesided");
  const Sizes half = with_last_dim(call, self.size(dims.back()) / 2 + 1);
  const Sizes sizes = onesided ? half : self.sizes().vec();
  if (fits_one_plan(dims)) return {transformed(self, sizes, dims, dtype)};
  Tensor result = transformed(self, dims.size() == 1 ? sizes : half, {dims.back()}, dtype);
  result = transformed_by_parts(result, without_last(dims));
  return {result.sizes() == at::IntArrayRef(sizes) ? result : sized(self, sizes, dtype)};
}

Results complex_to_real(const Call& call) {
  const Tensor& self = call.self();
  const Sizes dims = call.integers("dim");
  const at::ScalarType dtype = real_of(self.scalar_type());
  const Sizes sizes = with_last_dim(call, call.integer("last_dim_size"));
  if (fits_one_plan(dims)) return {transformed(contiguous_alike(self), sizes, dims, dtype)};
  const Tensor input = dims.size() > 1 ? transformed_by_parts(self, without_last(dims)) : contiguous_alike(self);
  return {transformed(input, sizes, {dims.back()}, dtype)};
}

}  // namespace

Rules fft_rules() {
  static constexpr Rule kRules[] = {
      {"_fft_c2c", complex_to_complex},
      {"_fft_c2r", complex_to_real},
      {"_fft_r2c", real_to_complex},
  };
  return kRules;
}

}  // namespace tsorch::meta
