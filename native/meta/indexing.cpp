#include <ATen/ATen.h>
#include <ATen/WrapDimUtilsMulti.h>
#include <ATen/native/TensorFactories.h>

#include "elementwise.h"
#include "meta.h"

namespace tsorch::meta {

namespace {

Results index_select(const Call& call) {
  const Tensor& self = call.self();
  const Tensor& index = call.tensor("index");
  TORCH_CHECK_INDEX(index.dim() <= 1, "index_select(): Index is supposed to be a vector, but got dim: ", index.dim());
  Sizes sizes = self.sizes().vec();
  const std::int64_t dim = at::maybe_wrap_dim(call.integer("dim"), self.dim());
  if (!sizes.empty()) sizes[dim] = index.numel();
  return {sized(self, sizes)};
}

Results take(const Call& call) {
  const Tensor& self = call.self();
  const Tensor& index = call.tensor("index");
  TORCH_CHECK(index.scalar_type() == at::kLong, "take(): Expected a long tensor for index, but got ",
              index.scalar_type());
  TORCH_CHECK_INDEX(self.numel() != 0 || index.numel() == 0, "take(): tried to take from an empty tensor");
  return {sized(self, index.sizes())};
}

Results flip(const Call& call) {
  at::dim_list_to_bitset(call.integers("dims"), call.self().dim());
  return {alike(call.self())};
}

Results roll(const Call& call) {
  const Sizes shifts = call.integers("shifts");
  const Sizes dims = call.integers("dims");
  TORCH_CHECK(!shifts.empty(), "`shifts` required");
  TORCH_CHECK((dims.empty() && shifts.size() == 1) || dims.size() == shifts.size(),
              "shifts and dimensions must align. shifts: ", shifts.size(), ", dims:", dims.size());
  for (const std::int64_t dim : dims) at::maybe_wrap_dim(dim, call.self().dim());
  return {alike(call.self())};
}

Results channel_shuffle(const Call& call) {
  const Tensor& self = call.self();
  const std::int64_t groups = call.integer("groups");
  TORCH_CHECK(self.dim() > 2, "channel_shuffle expects input with > 2 dims, but got input with sizes ", self.sizes());
  TORCH_CHECK(groups > 0, "Number of groups to divide channels in must be positive. Value of groups:", groups);
  TORCH_CHECK(self.size(1) % groups == 0, "Number of channels must be divisible by groups. Got ", self.size(1),
              " channels and ", groups, " groups.");
  return {contiguous_alike(self)};
}

Results unfold_gradient(const Call& call) { return {sized(call.tensor("grad_in"), call.integers("input_sizes"))}; }

Results masked_scatter_gradient(const Call& call) {
  return {sized(call.tensor("grad_output"), call.integers("sizes"))};
}

/// Operators without a tensor to go by come here because their device is meta, or one of their bounds is there.
at::TensorOptions on_meta(at::ScalarType dtype) { return at::TensorOptions(dtype).device(at::kMeta); }

template <bool upper>
Results triangle_indices(const Call& call) {
  const std::int64_t row = call.integer("row");
  const std::int64_t column = call.integer("col");
  const std::int64_t offset = call.integer("offset");
  TORCH_CHECK(row >= 0, "row must be non-negative, got", row);
  TORCH_CHECK(column >= 0, "col must be non-negative, got", column);
  const std::int64_t count = upper ? row * column - at::native::get_tril_size(row, column, offset - 1)
                                   : at::native::get_tril_size(row, column, offset);
  return {at::empty({2, count}, on_meta(call.dtype().value_or(at::kLong)))};
}

Results repeat_interleave(const Call& call) {
  TORCH_CHECK(call.has("output_size"), "cannot repeat_interleave a meta tensor without output_size");
  return {sized(call.tensor("repeats"), {call.integer("output_size")})};
}

/// Evenly spaced numbers, between bounds that may be tensors.
Results spaced(const Call& call) {
  at::ScalarType dtype = at::get_default_dtype_as_scalartype();
  for (const c10::IValue& bound : {call.value("start"), call.value("end")}) {
    TORCH_CHECK(!bound.isTensor() || bound.toTensor().dim() == 0, call.schema().name().substr(sizeof("aten:")),
                " only supports 0-dimensional start and end tensors");
    if (bound.isComplexDouble()) dtype = complex_of(dtype);
  }
  const std::int64_t steps = call.integer("steps");
  TORCH_CHECK(steps >= 0, "number of steps must be non-negative");
  return {at::empty({steps}, on_meta(call.dtype().value_or(dtype)))};
}

}  // namespace

Rules indexing_rules() {
  static constexpr Rule kRules[] = {
      {"channel_shuffle", channel_shuffle},
      {"flip", flip},
      {"index_select", index_select},
      {"linspace", spaced, Over::kDefinition},
      {"logspace", spaced, Over::kDefinition},
      {"masked_scatter_backward", masked_scatter_gradient, Over::kDefinition},
      {"repeat_interleave", repeat_interleave},
      {"roll", roll},
      {"take", take},
      {"tril_indices", triangle_indices<false>},
      {"triu_indices", triangle_indices<true>},
      {"unfold_backward", unfold_gradient},
  };
  return kRules;
}

}  // namespace tsorch::meta
