// Gradients that become `grad` without a copy.
//
// AccumulateGrad keeps a gradient itself, in place of a copy, when nobody else has it. The object that a hook or a
// custom function has seen it by does: it lives until it is collected, where Python frees it at once. So that object is
// given another tensor over the same memory, which is copied only when one of both is written to.
#pragma once

#include <torch/csrc/autograd/function.h>

#include "../environment.h"

namespace tsorch {

/// Lets the leaves that edges of `node` lead to keep what callbacks have made of `before`. JavaScript's thread only.
void let_leaves_keep(Environment& environment, const torch::autograd::Node& node,
                     const torch::autograd::variable_list& before, const torch::autograd::variable_list& gradients);

/// The same for the gradients that have arrived at the node of a leaf.
void let_leaf_keep(Environment& environment, const torch::autograd::variable_list& before,
                   const torch::autograd::variable_list& gradients);

bool is_leaf_node(const torch::autograd::Node* node);

}  // namespace tsorch
