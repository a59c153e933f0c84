#include <ATen/ATen.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

constexpr std::int64_t kSum = 0;
constexpr std::int64_t kMax = 2;

void check_indices(const char* name, const Tensor& tensor) {
  TORCH_CHECK(tensor.scalar_type() == at::kLong || tensor.scalar_type() == at::kInt, "expected ", name,
              " to be long or int, got ", tensor.dtype());
}

void check_weights(const Tensor& weights, const Tensor& indices, std::int64_t mode) {
  TORCH_CHECK(mode == kSum, "embedding_bag: per_sample_weights only supported with mode='sum'");
  TORCH_CHECK(weights.dim() == 1, "expected per_sample_weights to be 1D tensor, got ", weights.dim(), "D");
  TORCH_CHECK(weights.numel() == indices.numel(), "expected per_sample_weights.numel() (", weights.numel(),
              " to be the same as indices.numel() (", indices.numel(), ")");
}

Results embedding_bag(const Call& call) {
  const Tensor& weight = call.tensor("weight");
  const Tensor& indices = call.tensor("indices");
  const Tensor& offsets = call.tensor("offsets");
  const std::int64_t mode = call.integer("mode");
  check_indices("indices", indices);
  check_indices("offsets", offsets);
  TORCH_CHECK(at::isFloatingType(weight.scalar_type()), "expected weight to be floating point type, got ",
              weight.dtype());
  if (call.has("per_sample_weights")) check_weights(call.tensor("per_sample_weights"), indices, mode);
  std::int64_t bags = offsets.size(0);
  if (call.flag("include_last_offset")) {
    TORCH_CHECK(bags >= 1, "include_last_offset: numBags should be at least 1");
    bags--;
  }
  const Sizes output{bags, weight.size(1)};
  return {sized(weight, output), sized(indices, {indices.size(0)}), sized(indices, offsets.sizes()),
          mode == kMax ? sized(indices, output) : sized(indices, {0})};
}

Results bag_gradient(const Call& call) {
  const Tensor& gradient = call.tensor("grad");
  return {sized(gradient, {call.integer("num_weights"), gradient.size(1)})};
}

/// A sparse gradient has one row for each index.
Results any_bag_gradient(const Call& call) {
  if (!call.flag("sparse")) return bag_gradient(call);
  const Tensor& gradient = call.tensor("grad");
  const Tensor& indices = call.tensor("indices");
  const Sizes sizes{call.integer("num_weights"), gradient.size(1)};
  return {at::_sparse_coo_tensor_unsafe(indices.reshape({1, -1}), sized(gradient, {indices.numel(), gradient.size(1)}),
                                        sizes)};
}

Results weights_gradient(const Call& call) {
  TORCH_CHECK(call.integer("mode") == kSum, "embedding_bag_backward: per_sample_weights only supported for mode='sum'");
  return {sized(call.tensor("grad"), {call.tensor("indices").size(0)})};
}

Results embedding_gradient(const Call& call) {
  const Tensor& gradient = call.tensor("grad_output");
  return {sized(gradient, {call.integer("num_weights"), gradient.size(-1)})};
}

}  // namespace

Rules embedding_rules() {
  static constexpr Rule kRules[] = {
      {"_embedding_bag", embedding_bag},
      {"_embedding_bag_backward", any_bag_gradient},
      {"_embedding_bag_dense_backward", bag_gradient},
      {"_embedding_bag_forward_only", embedding_bag},
      {"_embedding_bag_per_sample_weights_backward", weights_gradient},
      {"embedding_dense_backward", embedding_gradient},
  };
  return kRules;
}

}  // namespace tsorch::meta
