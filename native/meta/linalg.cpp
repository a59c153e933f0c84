#include <ATen/ATen.h>
#include <ATen/native/LinearAlgebraUtils.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

Sizes without_last(const Tensor& tensor) { return tensor.sizes().slice(0, tensor.dim() - 1).vec(); }

Results eigenvalues(const Call& call) {
  const Tensor& self = call.self();
  at::native::squareCheckInputs(self, "linalg.eigvals");
  return {sized(self, without_last(self), complex_of(self.scalar_type()))};
}

Results eigen(const Call& call) {
  const Tensor& self = call.self();
  at::native::squareCheckInputs(self, "linalg.eig");
  const at::ScalarType dtype = complex_of(self.scalar_type());
  return {sized(self, without_last(self), dtype), sized(self, self.sizes(), dtype)};
}

Results cholesky(const Call& call) {
  const Tensor& self = call.self();
  if (self.numel() == 0) return {contiguous_alike(self)};
  at::native::squareCheckInputs(self, "cholesky");
  return {column_major(self, self.sizes())};
}

Results cholesky_inverse(const Call& call) {
  at::native::squareCheckInputs(call.self(), "cholesky_inverse");
  return {column_major(call.self(), call.self().sizes())};
}

Results cholesky_solve(const Call& call) { return {column_major(call.self(), call.self().sizes())}; }

Results matrix_exp(const Call& call) {
  at::native::squareCheckInputs(call.self(), "linalg.matrix_exp");
  at::native::checkFloatingOrComplex(call.self(), "linalg.matrix_exp");
  return {contiguous_alike(call.self())};
}

Results householder_product(const Call& call) {
  const Tensor& input = call.tensor("input");
  const Tensor& tau = call.tensor("tau");
  TORCH_CHECK(input.dim() >= 2, "torch.linalg.householder_product: input must have at least 2 dimensions.");
  TORCH_CHECK(input.size(-2) >= input.size(-1),
              "torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]");
  TORCH_CHECK(input.size(-1) >= tau.size(-1),
              "torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1]");
  TORCH_CHECK(
      input.dim() - tau.dim() == 1,
      "torch.linalg.householder_product: Expected tau to have one dimension less than input, but got tau.ndim equal "
      "to ",
      tau.dim(), " and input.ndim is equal to ", input.dim());
  return {column_major(input, input.sizes())};
}

Results solve_triangular(const Call& call) {
  const Tensor& a = call.tensor("self");
  const Tensor& b = call.tensor("B");
  at::native::checkInputsSolver(a, b, call.flag("left"), "linalg.solve_triangular");
  const auto [expanded_b, expanded_a] = at::native::_linalg_broadcast_batch_dims(b, a, nullptr);
  const bool is_kept = expanded_a.transpose(-2, -1).is_contiguous() && expanded_a.is_conj();
  return {is_kept ? sized(a, expanded_b.sizes()) : column_major(a, expanded_b.sizes())};
}

Results multiply_by_q(const Call& call) {
  const Tensor& input = call.self();
  const Tensor& tau = call.tensor("input2");
  const Tensor& other = call.tensor("input3");
  TORCH_CHECK(input.dim() >= 2, "torch.ormqr: input must have at least 2 dimensions.");
  TORCH_CHECK(other.dim() >= 2, "torch.ormqr: other must have at least 2 dimensions.");
  const std::int64_t side = call.flag("left") ? -2 : -1;
  TORCH_CHECK(other.size(side) >= tau.size(-1), "torch.ormqr: other.shape[", side,
              "] must be greater than or equal to tau.shape[-1]");
  TORCH_CHECK(other.size(side) == input.size(-2), "torch.ormqr: other.shape[", side,
              "] must be equal to input.shape[-2]");
  TORCH_CHECK(tau.size(-1) <= input.size(-1),
              "torch.ormqr: tau.shape[-1] must be less than or equal to input.shape[-1]");
  return {column_major(other, other.sizes())};
}

}  // namespace

Rules linalg_rules() {
  static constexpr Rule kRules[] = {
      {"_cholesky_solve_helper", cholesky_solve},
      {"_linalg_eigvals", eigenvalues},
      {"cholesky", cholesky},
      {"cholesky_inverse", cholesky_inverse},
      {"linalg_eig", eigen},
      {"linalg_eigvals", eigenvalues},
      {"linalg_householder_product", householder_product},
      {"linalg_matrix_exp", matrix_exp},
      {"linalg_solve_triangular", solve_triangular},
      {"ormqr", multiply_by_q},
  };
  return kRules;
}

}  // namespace tsorch::meta
