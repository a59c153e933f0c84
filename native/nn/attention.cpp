#include <ATen/ATen.h>

#include <cmath>

#include "../environment.h"
#include "../jit/traced_size.h"

namespace tsorch {

namespace {

using at::Tensor;
using OptionalTensor = std::optional<Tensor>;

/// An empty optional for an undefined tensor, which is how the frame reads null.
OptionalTensor optional(const Tensor& tensor) { return tensor.defined() ? OptionalTensor(tensor) : std::nullopt; }

/// The parts of one projection of the same input, each contiguous.
std::vector<Tensor> split_projection(const Tensor& x, const Tensor& weight, const OptionalTensor& bias,
                                     std::int64_t parts) {
  const Tensor projected = at::linear(x, weight, bias).unflatten(-1, {parts, weight.size(1)});
  return projected.unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous().unbind(0);
}

/// Queries, keys and values by one packed weight (3E, E), in as few products as the inputs allow.
std::vector<Tensor> project(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& weight,
                            const OptionalTensor& bias) {
  if (k.is_same(v) && q.is_same(k)) return split_projection(q, weight, bias, 3);
  const std::int64_t width = q.size(-1);
  const auto bias_of = [&](std::int64_t from, std::int64_t parts) {
    return bias ? OptionalTensor(bias->narrow(0, from * width, parts * width)) : std::nullopt;
  };
  const auto weight_of = [&](std::int64_t from, std::int64_t parts) {
    return weight.narrow(0, from * width, parts * width);
  };
  const Tensor queries = at::linear(q, weight_of(0, 1), bias_of(0, 1));
  if (k.is_same(v)) {
    const std::vector<Tensor> others = split_projection(k, weight_of(1, 2), bias_of(1, 2), 2);
    return {queries, others[0], others[1]};
  }
  return {queries, at::linear(k, weight_of(1, 1), bias_of(1, 1)), at::linear(v, weight_of(2, 1), bias_of(2, 1))};
}

/// Attention over (length, batch, heads * width of a head).
class Heads {
 public:
  Heads(const Tensor& q, std::int64_t heads)
      : targets_(size_of(q, 0)), batch_(size_of(q, 1)), heads_(heads), width_(q.size(2)) {}

  /// Without the weights, in one kernel: (targets * batch, width).
  Tensor fused(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, double dropout, bool causal) {
    const auto split = [&](const Tensor& x) {
      return view(per_head(x), {batch_, heads_, size_of(x, 0), width_ / heads_});
    };
    const Tensor output =
        at::scaled_dot_product_attention(split(q), split(k), split(v), for_kernel(mask), dropout, causal);
    return view(output.permute({2, 0, 1, 3}).contiguous(), {targets_ * batch_, width_});
  }

  /// With the weights (batch * heads, targets, sources).
  std::pair<Tensor, Tensor> weighted(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask,
                                     double dropout) {
    const double scale = std::sqrt(1.0 / static_cast<double>(width_ / heads_));
    const Tensor queries = at::mul(per_head(q), c10::Scalar(scale));
    const Tensor keys = per_head(k).transpose(-2, -1);
    const Tensor scores = mask.defined() ? at::baddbmm(mask, queries, keys) : at::bmm(queries, keys);
    Tensor weights = at::softmax(scores, -1);
    if (dropout > 0) weights = at::dropout(weights, dropout, true);
    const Tensor output = at::bmm(weights, per_head(v));
    return {view(output.transpose(0, 1).contiguous(), {targets_ * batch_, width_}), weights};
  }

  /// (targets * batch, E) -> (targets, batch, E)
  Tensor restore(const Tensor& output) { return view(output, {targets_, batch_, output.size(1)}); }

  /// (batch * heads, targets, sources) -> (batch, heads, targets, sources)
  Tensor by_batch(const Tensor& weights) { return view(weights, {batch_, heads_, targets_, size_of(weights, 2)}); }

 private:
  /// (length, batch, width) -> (batch * heads, length, width of a head)
  Tensor per_head(const Tensor& x) {
    return view(x.contiguous(), {size_of(x, 0), batch_ * heads_, width_ / heads_}).transpose(0, 1);
  }

  OptionalTensor for_kernel(const Tensor& mask) {
    if (!mask.defined()) return std::nullopt;
    if (mask.size(0) == 1 && mask.dim() == 3) return mask.unsqueeze(0);
    return view(mask, {batch_, heads_, -1, size_of(mask, -1)});
  }

  TracedSize targets_;
  TracedSize batch_;
  std::int64_t heads_;
  std::int64_t width_;
};

}  // namespace

void nn_project_packed(Environment&, FrameReader& in, FrameWriter& out) {
  const Tensor q = in.tensor(), k = in.tensor(), v = in.tensor(), weight = in.tensor();
  const OptionalTensor bias = optional(in.optional_tensor());
  out.tensors(project(q, k, v, weight, bias));
}

void nn_attend(Environment&, FrameReader& in, FrameWriter& out) {
  const Tensor q = in.tensor(), k = in.tensor(), v = in.tensor(), mask = in.optional_tensor();
  Heads heads(q, in.integer());
  const double dropout = in.number();
  const bool causal = in.boolean(), need_weights = in.boolean(), average = in.boolean();
  const Tensor weight = in.tensor();
  const OptionalTensor bias = optional(in.optional_tensor());
  if (!need_weights) {
    out.tensor(heads.restore(at::linear(heads.fused(q, k, v, mask, dropout, causal), weight, bias)));
    return;
  }
  const auto [output, weights] = heads.weighted(q, k, v, mask, dropout);
  const Tensor shown = heads.by_batch(weights);
  out.tensors({heads.restore(at::linear(output, weight, bias)), average ? shown.mean(1) : shown});
}

}  // namespace tsorch
