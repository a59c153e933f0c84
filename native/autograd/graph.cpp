#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>

#include "autograd.h"

namespace tsorch {

void node_name(Environment&, FrameReader& in, FrameWriter& out) { out.string(in.node()->name()); }

/// (node) -> [node or null, index of its input] for each edge
void node_next(Environment&, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  out.list(node->num_outputs());
  for (const torch::autograd::Edge& edge : node->next_edges()) {
    out.list(2);
    out.node(edge.function);
    out.integer(edge.input_nr);
  }
}

/// (node) -> the leaf that an AccumulateGrad node writes to, null for others
void node_variable(Environment&, FrameReader& in, FrameWriter& out) {
  const auto* accumulate = dynamic_cast<const torch::autograd::AccumulateGrad*>(&*in.node());
  out.tensor(accumulate == nullptr ? at::Tensor() : accumulate->variable);
}

}  // namespace tsorch
