#include <ATen/functorch/BatchedTensorImpl.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/functions/basic_ops.h>
#include <torch/csrc/autograd/variable.h>

#include "../environment.h"
#include "backward.h"
#include "node.h"

namespace tsorch {

namespace {

using torch::autograd::Edge;
using torch::autograd::edge_list;
using torch::autograd::variable_list;

/// Where a pass starts, or what it is asked for: a tensor, or an edge of the graph.
struct End {
  at::Tensor tensor;  // undefined for an edge
  Edge edge;
};

Edge read_edge(FrameReader& in) {
  in.list();
  const NodePtr node = in.node();
  return {node, static_cast<std::uint32_t>(in.integer())};
}

std::vector<End> read_ends(FrameReader& in) {
  std::vector<End> ends(in.list());
  for (End& end : ends) {
    if (in.peek() == Tag::kList) {
      end.edge = read_edge(in);
    } else {
      end.tensor = in.tensor();
    }
  }
  return ends;
}

void refuse_batched(const at::Tensor& tensor, const char* function, const char* role) {
  TORCH_CHECK(!tensor.defined() || !at::functorch::isBatchedTensor(tensor), function, " called inside torch.vmap. ",
              "We do not support the case where any ", role,
              " are vmapped over tensors (output of vmap or input to it).");
}

edge_list roots_of(const std::vector<End>& outputs) {
  edge_list roots;
  for (std::size_t i = 0; i < outputs.size(); i++) {
    if (!outputs[i].tensor.defined()) {
      roots.push_back(outputs[i].edge);
      continue;
    }
    roots.push_back(torch::autograd::impl::gradient_edge(outputs[i].tensor));
    TORCH_CHECK(roots.back().function, "element ", i, " of tensors does not require grad and does not have a grad_fn");
  }
  return roots;
}

/// The edges whose gradients are wanted. A leaf that no graph uses has none; a node outside every graph stands for it.
edge_list targets_of(const std::vector<End>& inputs) {
  edge_list targets;
  for (const End& input : inputs) {
    if (!input.tensor.defined()) {
      targets.push_back(input.edge);
      continue;
    }
    TORCH_CHECK(input.tensor.requires_grad(), "One of the differentiated Tensors does not require grad");
    NodePtr node = input.tensor.grad_fn();
    if (!node) node = torch::autograd::impl::try_get_grad_accumulator(input.tensor);
    if (!node) {
      targets.emplace_back(new_node<torch::autograd::Identity>(), 0);
    } else {
      targets.emplace_back(node, input.tensor.output_nr());
    }
  }
  return targets;
}

void check_used(const variable_list& gradients) {
  for (std::size_t i = 0; i < gradients.size(); i++) {
    TORCH_CHECK(gradients[i].defined(), "The differentiated Tensor at index ", i,
                " appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.");
  }
}

}  // namespace

/// (tensors or edges, gradients, retain_graph, create_graph, inputs: tensors or edges)
void backward(Environment& environment, FrameReader& in, FrameWriter&) {
  const auto outputs = read_ends(in);
  const auto gradients = in.tensors();
  const bool retain_graph = in.boolean();
  const bool create_graph = in.boolean();
  const auto inputs = read_ends(in);
  for (const End& output : outputs) refuse_batched(output.tensor, "backward()", "outputs");
  const edge_list roots = roots_of(outputs);
  for (const End& input : inputs) {
    if (input.tensor.defined()) input.tensor.retain_grad();
  }
  const edge_list targets = targets_of(inputs);
  run_pass(environment, [&] {
    torch::autograd::Engine::get_default_engine().execute(roots, gradients, retain_graph, create_graph, true, targets);
  });
}

/// (outputs, inputs: tensors or edges, gradients, retain_graph, create_graph, allow_unused) -> a gradient or null an
/// input
void grad(Environment& environment, FrameReader& in, FrameWriter& out) {
  const auto outputs = read_ends(in);
  const auto inputs = read_ends(in);
  const auto gradients = in.tensors();
  const bool retain_graph = in.boolean();
  const bool create_graph = in.boolean();
  const bool allow_unused = in.boolean();
  constexpr const char* kName = "torch.autograd.grad(outputs, inputs, grad_outputs)";
  for (const End& output : outputs) refuse_batched(output.tensor, kName, "outputs");
  for (const End& input : inputs) refuse_batched(input.tensor, kName, "inputs");
  const edge_list roots = roots_of(outputs);
  const edge_list targets = targets_of(inputs);
  variable_list results;
  run_pass(environment, [&] {
    auto& engine = torch::autograd::Engine::get_default_engine();
    results = engine.execute(roots, gradients, retain_graph, create_graph, false, targets);
  });
  if (!allow_unused) check_used(results);
  out.tensors(results);
}

/// (enabled): test switch; every pass runs on another thread than JavaScript's, as it would with an accelerator
void set_lend_passes(Environment& environment, FrameReader& in, FrameWriter&) {
  environment.lend_passes = in.boolean();
}

/// () -> whether the running pass executes its whole graph
void is_checkpoint_valid(Environment& environment, FrameReader&, FrameWriter& out) {
  out.boolean(environment.thread->pass().checkpoint_valid);
}

}  // namespace tsorch
