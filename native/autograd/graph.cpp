#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/graph_task.h>
#include <torch/csrc/autograd/input_metadata.h>
#include <torch/csrc/autograd/variable.h>

#include "../environment.h"

namespace tsorch {

void node_name(Environment&, FrameReader& in, FrameWriter& out) { out.string(in.node()->name()); }

/// (node) -> where it is in memory
void node_address(Environment&, FrameReader& in, FrameWriter& out) {
  out.integer(static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(&*in.node())));
}

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

/// (node, gradients) -> what the node makes of them: a list, or one alone
void node_call(Environment&, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  torch::autograd::variable_list gradients = in.tensors();
  const std::size_t wanted = node->num_inputs();
  TORCH_CHECK_TYPE(gradients.size() == wanted, "expected ", wanted, " arguments, got ", gradients.size(), " instead");
  const torch::autograd::variable_list results = (*node)(std::move(gradients));
  if (results.size() == 1) return out.tensor(results.front());
  out.tensors(results);
}

/// (node) -> the leaf that an AccumulateGrad node writes to, null for others
void node_variable(Environment&, FrameReader& in, FrameWriter& out) {
  const auto* accumulate = dynamic_cast<const torch::autograd::AccumulateGrad*>(&*in.node());
  out.tensor(accumulate == nullptr ? at::Tensor() : accumulate->variable);
}

void node_sequence_nr(Environment&, FrameReader& in, FrameWriter& out) {
  out.integer(static_cast<std::int64_t>(in.node()->sequence_nr()));
}

/// (node) -> [sizes, dtype, device] for each gradient that reaches it
void node_input_metadata(Environment&, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  out.list(node->num_inputs());
  for (std::size_t i = 0; i < node->num_inputs(); i++) {
    const torch::autograd::InputMetadata& metadata = node->input_metadata(i);
    if (!metadata.was_default_constructed()) {
      out.list(3);
      out.integers(C10_AS_INTARRAYREF_SLOW(metadata.shape_as_dim_vector()));
      out.integer(static_cast<std::int64_t>(c10::typeMetaToScalarType(metadata.dtype())));
      out.device(metadata.device());
    } else {
      out.none();
    }
  }
}

/// (tensor) -> node, number of its input; the node is made for a leaf that has none yet
void gradient_edge(Environment&, FrameReader& in, FrameWriter& out) {
  const torch::autograd::Edge edge = torch::autograd::impl::gradient_edge(in.tensor());
  out.list(2);
  out.node(edge.function);
  out.integer(edge.input_nr);
}

/// (tensors)
void increment_version(Environment&, FrameReader& in, FrameWriter&) {
  for (const at::Tensor& tensor : in.tensors()) {
    if (!tensor.is_inference()) torch::autograd::impl::bump_version(tensor);
  }
}

/// () -> number of the running backward pass, -1 outside of one
void current_graph_task(Environment& environment, FrameReader&, FrameWriter& out) {
  out.integer(environment.thread->pass().id);
}

/// (node) -> whether the running pass will execute it
void will_execute_node(Environment& environment, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  const PassView pass = environment.thread->pass();
  TORCH_CHECK(pass.plan != nullptr, "_get_should_execute_nodes should only be called during the backward pass");
  const auto entry = pass.plan->find(&*node);
  // Without given inputs the pass executes every node of the graph.
  out.boolean(pass.plan->empty() ? pass.nodes->contains(&*node)
                                 : entry != pass.plan->end() && entry->second.should_execute());
}

}  // namespace tsorch
