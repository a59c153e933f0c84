#include <ATen/ATen.h>
#include <ATen/OpMathType.h>

#include "meta.h"

namespace tsorch::meta {

namespace {

/// Like it, with heads behind positions in memory.
Tensor heads_inside(const Tensor& like) {
  const at::IntArrayRef sizes = like.sizes();
  return sized(like, {sizes[0], sizes[2], sizes[1], sizes[3]}).transpose(1, 2);
}

Results flash_attention(const Call& call) {
  const Tensor& query = call.tensor("query");
  const at::ScalarType dtype = at::toOpMathType(query.scalar_type());
  return {alike(query), sized(query, {query.size(0), query.size(2), query.size(1)}, dtype).transpose(1, 2)};
}

Results flash_attention_gradients(const Call& call) {
  return {heads_inside(call.tensor("query")), heads_inside(call.tensor("key")), heads_inside(call.tensor("value"))};
}

Results encoder_layer(const Call& call) { return {alike(call.tensor("src"))}; }

Results multi_head_attention(const Call& call) {
  const Tensor& query = call.tensor("query");
  if (query.numel() == 0) return {contiguous_alike(query), sized(query, {0})};
  const std::int64_t batch = query.size(0);
  const std::int64_t length = query.size(1);
  const Tensor output = sized(query, {batch, length, call.tensor("proj_weight").size(0)});
  if (!call.flag("need_weights")) return {output, sized(query, {0})};
  if (call.flag("average_attn_weights")) return {output, sized(query, {batch, length, length})};
  return {output, sized(query, {batch, call.integer("num_head"), length, length})};
}

}  // namespace

Rules attention_rules() {
  static constexpr Rule kRules[] = {
      {"_native_multi_head_attention", multi_head_attention},
      {"_scaled_dot_product_flash_attention_for_cpu", flash_attention},
      {"_scaled_dot_product_flash_attention_for_cpu_backward", flash_attention_gradients},
      {"_transformer_encoder_layer_fwd", encoder_layer},
  };
  return kRules;
}

}  // namespace tsorch::meta
