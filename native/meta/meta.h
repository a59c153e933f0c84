// Operators on the meta device, where tensors have shapes, dtypes and strides but no memory.
//
// libtorch has kernels of its own for about half of its operators; for the others, PyTorch registers functions of
// Python. Here they are rules: a function that makes the results an operator would have, of the arguments it gets. One
// rule serves all forms of an operator, in place and with `out` too (kernel.cpp).
#pragma once

#include <span>

#include "call.h"

namespace tsorch::meta {

using Infer = Results (*)(const Call&);

/// What a rule does beside libtorch's own definition of the operator through others.
enum class Over { kNothing, kDefinition };

struct Rule {
  /// The operator's name without its overload; the rule holds for all overloads that have no kernel.
  const char* name;
  Infer infer;
  /// kDefinition: libtorch's definition through other operators does not work on meta, so the rule comes before it.
  Over over = Over::kNothing;
};

using Rules = std::span<const Rule>;

/// For operators that only change their arguments.
inline Results nothing(const Call&) { return {}; }
/// One result, like `self` in sizes and strides.
inline Results like_self(const Call& call) { return {alike(call.tensor("self"))}; }
/// One result, like `self` in sizes, contiguous.
inline Results contiguous_like_self(const Call& call) { return {contiguous_alike(call.tensor("self"))}; }

Rules attention_rules();
Rules convolution_rules();
Rules elementwise_rules();
Rules embedding_rules();
Rules fft_rules();
Rules indexing_rules();
Rules linalg_rules();
Rules loss_rules();
Rules matmul_rules();
Rules norm_rules();
Rules optimizer_rules();
Rules pad_rules();
Rules pool_rules();
Rules random_rules();
Rules reduction_rules();
Rules search_rules();

/// Gives the dispatcher the kernels of all rules; once in a process.
void register_meta_kernels();

}  // namespace tsorch::meta
