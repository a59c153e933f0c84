// JavaScript functions that look at, or replace, gradients during a backward pass.
#pragma once

#include <torch/csrc/autograd/function_hook.h>

#include <memory>
#include <vector>

#include "../environment.h"
#include "hook_table.h"
#include "js_value.h"

namespace tsorch {

/// Hooks on the gradient of one tensor: on an input of the node that made it, or of the one that gathers a leaf's.
struct TensorHooks final : torch::autograd::FunctionPreHook {
  TensorHooks(std::size_t input, bool of_leaf) : input(input), of_leaf(of_leaf) {}
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& gradients) override;
  const std::size_t input;
  const bool of_leaf;
  const Hooks hooks = std::make_shared<HookList>();
};

/// Hooks on the gradients that reach a node.
struct NodePreHooks final : torch::autograd::FunctionPreHook {
  explicit NodePreHooks(const torch::autograd::Node& node);
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& gradients) override;
  const bool of_leaf;
  const Hooks hooks = std::make_shared<HookList>();
};

/// Hooks on the gradients that a node has computed.
struct NodePostHooks final : torch::autograd::FunctionPostHook {
  explicit NodePostHooks(const torch::autograd::Node& node) : node(node) {}
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& computed,
                                            const torch::autograd::variable_list& reached) override;
  const torch::autograd::Node& node;  // that has them
  const Hooks hooks = std::make_shared<HookList>();
};

/// Not a hook: what `Node.metadata` holds, kept by the node.
struct NodeMetadata final : torch::autograd::FunctionPreHook {
  NodeMetadata(Environment& environment, Napi::Value value) : value(environment, value) {}
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& gradients) override {
    return gradients;
  }
  JsValue value;
};

/// Hooks on a leaf after its `grad` has changed.
struct AccumulatedHooks final : torch::autograd::PostAccumulateGradHook {
  void operator()(const torch::autograd::Variable& tensor) override;
  const Hooks hooks = std::make_shared<HookList>();
};

/// nullptr when a node has none.
NodeMetadata* metadata_of(torch::autograd::Node& node);

}  // namespace tsorch
