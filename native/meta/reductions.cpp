#include <ATen/ATen.h>
#include <ATen/native/ReduceOpsUtils.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

Sizes reduced_sizes(const Call& call) {
  const Sizes dims = call.integers("dim");
  const bool keepdim = call.schema().argumentIndexWithName("keepdim").has_value() && call.flag("keepdim");
  const at::DimVector sizes = at::meta::get_reduction_shape(call.self(), dims, keepdim);
  return {sizes.begin(), sizes.end()};
}

/// `dtype`, or the sum's.
Results total(const Call& call) {
  const at::ScalarType dtype = call.dtype().value_or(long_of(call.self().scalar_type()));
  return {sized(call.self(), reduced_sizes(call), dtype)};
}

Results whole_total(const Call& call) {
  return {sized(call.self(), {}, call.dtype().value_or(long_of(call.self().scalar_type())))};
}

Results extreme(const Call& call) { return {sized(call.self(), {})}; }

Results extreme_along_dim(const Call& call) {
  if (!call.schema().argumentIndexWithName("dim")) return extreme(call);
  const Sizes sizes = reduced_sizes(call);
  return {sized(call.self(), sizes), sized(call.self(), sizes, at::kLong)};
}

Results kthvalue(const Call& call) {
  const Tensor& self = call.self();
  const std::int64_t dim = at::maybe_wrap_dim(call.integer("dim"), self.dim());
  const std::int64_t size = self.dim() == 0 ? 1 : self.size(dim);
  TORCH_CHECK(call.integer("k") >= 1 && call.integer("k") <= size,
              "kthvalue(): selected number k out of range for dimension ", dim);
  return extreme_along_dim(call);
}

at::ScalarType deviation_dtype(const Tensor& self, const char* name) {
  TORCH_CHECK(at::isFloatingType(self.scalar_type()) || at::isComplexType(self.scalar_type()), name,
              " only support floating point and complex dtypes");
  return real_of(self.scalar_type());
}

Results deviation(const Call& call) {
  const at::ScalarType dtype = deviation_dtype(call.self(), "std and var");
  return {sized(call.self(), reduced_sizes(call), dtype)};
}

Results deviation_and_mean(const Call& call) {
  const at::ScalarType dtype = deviation_dtype(call.self(), call.schema().name().c_str() + sizeof("aten"));
  const Sizes sizes = reduced_sizes(call);
  return {sized(call.self(), sizes, dtype), sized(call.self(), sizes)};
}

Results count(const Call& call) { return {sized(call.self(), reduced_sizes(call), at::kLong)}; }

Results trace(const Call& call) {
  TORCH_CHECK(call.self().dim() == 2, "trace: expected a matrix, but got tensor with dim ", call.self().dim());
  return {sized(call.self(), {}, long_of(call.self().scalar_type()))};
}

Results segment_reduce(const Call& call) {
  const Tensor& data = call.tensor("data");
  TORCH_CHECK_NOT_IMPLEMENTED(!call.has("indices"), "segment_reduce(): indices based reduction is not supported yet.");
  TORCH_CHECK(call.has("lengths") || call.has("offsets"),
              "segment_reduce(): Either lengths or offsets must be defined.");
  const std::int64_t axis = call.integer("axis");
  Sizes sizes = data.sizes().vec();
  sizes.at(axis) = call.has("lengths") ? call.tensor("lengths").size(axis) : call.tensor("offsets").size(axis) - 1;
  return {sized(data, sizes)};
}

Results segment_reduce_backward(const Call& call) { return {contiguous_alike(call.tensor("data"))}; }

}  // namespace

Rules reduction_rules() {
  static constexpr Rule kRules[] = {
      {"_cummax_helper", nothing},
      {"_cummin_helper", nothing},
      {"_logcumsumexp", contiguous_like_self},
      {"_segment_reduce_backward", segment_reduce_backward},
      {"count_nonzero", count},
      {"kthvalue", kthvalue},
      {"max", extreme},
      {"median", extreme_along_dim},
      {"min", extreme},
      {"mode", extreme_along_dim},
      {"nanmedian", extreme_along_dim},
      {"nansum", total},
      {"prod", whole_total},
      {"segment_reduce", segment_reduce},
      {"std", deviation},
      {"std_mean", deviation_and_mean},
      {"trace", trace},
      {"var", deviation},
      {"var_mean", deviation_and_mean},
  };
  return kRules;
}

}  // namespace tsorch::meta
