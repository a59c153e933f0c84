#include <torch/csrc/autograd/autograd.h>

#include "autograd.h"

namespace tsorch {

/// (tensors, gradients, retain_graph, create_graph, inputs)
void backward(Environment&, FrameReader& in, FrameWriter&) {
  const auto tensors = in.tensors();
  const auto gradients = in.tensors();
  const bool retain_graph = in.boolean();
  const bool create_graph = in.boolean();
  const auto inputs = in.tensors();
  torch::autograd::backward(tensors, gradients, retain_graph, create_graph, inputs);
}

/// (outputs, inputs, gradients, retain_graph, create_graph, allow_unused) -> a gradient or null an input
void grad(Environment&, FrameReader& in, FrameWriter& out) {
  const auto outputs = in.tensors();
  const auto inputs = in.tensors();
  const auto gradients = in.tensors();
  const bool retain_graph = in.boolean();
  const bool create_graph = in.boolean();
  const bool allow_unused = in.boolean();
  out.tensors(torch::autograd::grad(outputs, inputs, gradients, retain_graph, create_graph, allow_unused));
}

}  // namespace tsorch
