// Operators whose results depend on values: positions in sorted sequences, counts, and those that have no shape on
// meta.
#include <ATen/ATen.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

at::ScalarType index_dtype(const Call& call) { return call.flag("out_int32") ? at::kInt : at::kLong; }

/// One position for each value; a scalar has one.
Results positions(const Call& call, const Tensor& sequence) {
  const c10::IValue& values = call.value("self");
  return {values.isTensor() ? contiguous_alike(values.toTensor(), index_dtype(call))
                            : sized(sequence, {}, index_dtype(call))};
}

Results bucketize(const Call& call) { return positions(call, call.tensor("boundaries")); }

Results searchsorted(const Call& call) {
  const Tensor& sequence = call.tensor("sorted_sequence");
  if (sequence.dim() > 1 && call.value("self").isTensor()) {
    const Tensor& values = call.tensor("self");
    TORCH_CHECK(
        values.dim() > 0 && sequence.sizes().slice(0, sequence.dim() - 1) == values.sizes().slice(0, values.dim() - 1),
        "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
        "tensor and input value tensor must match, but we got boundaries tensor ",
        sequence.sizes(), " and input value tensor ", values.sizes());
  }
  TORCH_CHECK(!call.has("sorter") || call.tensor("sorter").sizes() == sequence.sizes(),
              "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor ",
              sequence.sizes(), "and got sorter tensor ",
              call.has("sorter") ? call.tensor("sorter").sizes() : at::IntArrayRef());
  TORCH_CHECK(!call.has("side") || call.string("side") != "left" || !call.flag("right"),
              "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True");
  return positions(call, sequence);
}

Results histogram(const Call& call) {
  const std::int64_t bins = call.integer("bins");
  TORCH_CHECK(bins > 0, "histc(): bins must be > 0, but got ", bins);
  TORCH_CHECK(call.number("max") >= call.number("min"), "histc(): max must be larger than min");
  return {sized(call.self(), {bins})};
}

Results nonzero_static(const Call& call) {
  const Sizes sizes{call.integer("size"), call.self().dim()};
  return {at::empty_strided(sizes, {1, sizes[0]}, call.self().options().dtype(at::kLong))};
}

Results nonzero(const Call&) {
  C10_THROW_ERROR(NotImplementedError,
                  "nonzero(): the number of its results depends on values, which meta tensors do not have");
}

Results item(const Call&) { C10_THROW_ERROR(Error, "Tensor.item() cannot be called on meta tensors"); }

}  // namespace

Rules search_rules() {
  static constexpr Rule kRules[] = {
      {"_local_scalar_dense", item}, {"bucketize", bucketize},           {"histc", histogram},
      {"nonzero", nonzero},          {"nonzero_static", nonzero_static}, {"searchsorted", searchsorted},
  };
  return kRules;
}

}  // namespace tsorch::meta
