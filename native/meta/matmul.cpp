#include <ATen/ATen.h>
#include <ATen/ExpandUtils.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

Results inner_product(const Call& call) {
  const Tensor& self = call.self();
  const Tensor& other = call.value(1).toTensor();
  TORCH_CHECK(self.dim() == 1 && other.dim() == 1, "1D tensors expected, but got ", self.dim(), "D and ", other.dim(),
              "D tensors");
  TORCH_CHECK(self.scalar_type() == other.scalar_type(), "dot : expected both vectors to have same dtype, but found ",
              self.scalar_type(), " and ", other.scalar_type());
  TORCH_CHECK(self.numel() == other.numel(), "inconsistent tensor size, expected tensor [", self.numel(), "] and src [",
              other.numel(), "] to have the same number of elements, but got ", self.numel(), " and ", other.numel(),
              " elements respectively");
  return {sized(self, {})};
}

/// The product of batches of matrices, or of two matrices: the last dimensions of the factors, one of them shared.
Sizes product_sizes(const Tensor& a, const Tensor& b) {
  Sizes sizes = a.sizes().vec();
  sizes.back() = b.size(-1);
  return sizes;
}

/// `mm`, `bmm` and others with a dtype for the result.
Results product(const Tensor& a, const Tensor& b, const Call& call) {
  TORCH_CHECK(a.size(-1) == b.size(-2), "mat1 and mat2 shapes cannot be multiplied (", a.size(-2), "x", a.size(-1),
              " and ", b.size(-2), "x", b.size(-1), ")");
  return {sized(a, product_sizes(a, b), call.dtype("out_dtype"))};
}

Results product_as(const Call& call) { return product(call.self(), call.tensor("mat2"), call); }
Results sum_and_product_as(const Call& call) { return product(call.tensor("mat1"), call.tensor("mat2"), call); }
Results sum_and_products_as(const Call& call) { return product(call.tensor("batch1"), call.tensor("batch2"), call); }

Results int_product(const Call& call) {
  const Tensor& self = call.self();
  const Tensor& other = call.tensor("mat2");
  return {sized(self, product_sizes(self, other), at::kInt)};
}

Results summed_products(const Call& call) {
  const Tensor& a = call.tensor("batch1");
  const Tensor& b = call.tensor("batch2");
  TORCH_CHECK(a.dim() == 3, "batch1 must be a 3D tensor");
  TORCH_CHECK(b.dim() == 3, "batch2 must be a 3D tensor");
  TORCH_CHECK(a.size(0) == b.size(0), "batch1 and batch2 must have same number of batches, got ", a.size(0), " and ",
              b.size(0));
  TORCH_CHECK(a.size(2) == b.size(1), "Incompatible matrix sizes for bmm (", a.size(1), "x", a.size(2), " and ",
              b.size(1), "x", b.size(2), ")");
  const Sizes sizes{a.size(1), b.size(2)};
  at::expand_size(call.self(), sizes, "addbmm");  // refuses what does not fit
  return {sized(call.self(), sizes)};
}

Results linear_gradients(const Call& call) {
  const Tensor& input = call.self();
  const Tensor& gradient = call.tensor("grad_output");
  Results results(3);
  if (call.flag("output_mask", 0)) results[0] = sized(gradient, input.sizes());
  if (call.flag("output_mask", 1) || call.flag("output_mask", 2)) {
    results[1] = sized(gradient, {gradient.size(-1), input.size(-1)});
    results[2] = sized(gradient, {gradient.size(-1)});
  }
  return results;
}

Results cdist(const Call& call) {
  const Tensor& x1 = call.tensor("x1");
  const Tensor& x2 = call.tensor("x2");
  TORCH_CHECK(x1.dim() >= 2, "cdist only supports at least 2D tensors, X1 got: ", x1.dim(), "D");
  TORCH_CHECK(x2.dim() >= 2, "cdist only supports at least 2D tensors, X2 got: ", x2.dim(), "D");
  TORCH_CHECK(x1.size(-1) == x2.size(-1), "X1 and X2 must have the same number of columns. X1: ", x1.size(-1),
              " X2: ", x2.size(-1));
  Sizes sizes = at::infer_size(x1.sizes().slice(0, x1.dim() - 2), x2.sizes().slice(0, x2.dim() - 2));
  sizes.push_back(x1.size(-2));
  sizes.push_back(x2.size(-2));
  return {sized(x1, sizes)};
}

Results cdist_gradient(const Call& call) {
  const Tensor& x1 = call.tensor("x1");
  const Tensor& x2 = call.tensor("x2");
  Sizes sizes = at::infer_size(x1.sizes().slice(0, x1.dim() - 2), x2.sizes().slice(0, x2.dim() - 2));
  sizes.push_back(x1.size(-2));
  sizes.push_back(x1.size(-1));
  return {sized(x1, sizes)};
}

Results pdist(const Call& call) {
  const std::int64_t count = call.self().size(0);
  return {sized(call.self(), {count * (count - 1) / 2})};
}

}  // namespace

Rules matmul_rules() {
  static constexpr Rule kRules[] = {
      {"_cdist_backward", cdist_gradient},
      {"_cdist_forward", cdist},
      {"_int_mm", int_product},
      {"_pdist_backward", contiguous_like_self},
      {"_pdist_forward", pdist},
      {"_scaled_mm", product_as},
      {"addbmm", summed_products},
      {"addmm", sum_and_product_as},
      {"baddbmm", sum_and_products_as},
      {"bmm", product_as},
      {"dot", inner_product},
      {"linear_backward", linear_gradients},
      {"mm", product_as},
      {"vdot", inner_product},
  };
  return kRules;
}

}  // namespace tsorch::meta
