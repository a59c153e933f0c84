// The node of a torch.autograd.Function written in JavaScript.
#pragma once

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable_info.h>

#include "../environment.h"
#include "js_value.h"

namespace tsorch {

class FunctionNode final : public torch::autograd::Node {
 public:
  using variable_list = torch::autograd::variable_list;

  /// `backward(node, gradients)` gives a gradient or null for each tensor among the inputs.
  FunctionNode(std::string name, Environment& environment, Napi::Value backward)
      : backward_(environment, backward), name_(std::move(name)) {}

  variable_list apply(variable_list&& gradients) override;
  std::string name() const override { return name_; }
  void release_variables() override;

  /// Keeps a tensor for `saved`; undefined ones stand for null. `dirty`: the function has changed it in place.
  void save(const at::Tensor& tensor, bool dirty);
  /// The saved tensors, checked for changes since.
  variable_list saved();
  /// Where they are kept.
  std::vector<torch::autograd::SavedVariable*> places();

  /// Missing gradients reach `backward` as zeros like these; an output without an entry has none.
  std::vector<std::optional<torch::autograd::VariableInfo>> zeros;

  JsValue& backward() { return backward_; }
  /// Nodes that only saved tensors lead to.
  const std::vector<NodePtr>& saved_nodes() const { return saved_nodes_; }

 private:
  JsValue backward_;
  std::string name_;
  std::vector<torch::autograd::SavedVariable> saved_;
  std::vector<NodePtr> saved_nodes_;
  bool released_ = false;
};

}  // namespace tsorch
