// Anomaly mode: where the forward operation of a failing node was called.
#pragma once

#include <torch/csrc/autograd/anomaly_mode.h>

#include "../environment.h"

namespace tsorch {

/// The JavaScript stack of the call that made a node, and the node that was running then (double backward).
class TraceMetadata final : public torch::autograd::AnomalyMetadata {
 public:
  void store_stack() override;
  void print_stack(const std::string& node) override;
  void assign_parent(const NodePtr& parent) override { parent_ = parent; }

 private:
  std::string stack_;
  NodePtr parent_;
};

}  // namespace tsorch
