#include "function_node.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/functions/basic_ops.h>
#include <torch/version.h>

#include "node.h"
#include "stealing.h"

namespace tsorch {

namespace {

using torch::autograd::variable_list;
using TensorSet = std::unordered_set<at::TensorImpl*>;

/// What JavaScript says of one call of a function.
struct Call {
  std::string name;
  Napi::Value backward;
  std::optional<Hook> jvp;  // (tangents) -> tangents of the outputs
  variable_list inputs;     // the tensors among the arguments
  variable_list outputs;    // undefined for what is no tensor
  variable_list saved;
  variable_list dirty;
  variable_list non_differentiable;
  bool materialize;
  bool materialize_non_differentiable;  // outputs without a derivative too
  bool separate_context;                // setup_context is overridden
  bool pure_view;
};

Call read_call(Environment& environment, FrameReader& in) {
  Call call;
  call.name = in.string();
  call.backward = in.object();
  if (!in.none()) call.jvp = std::make_shared<JsValue>(environment, in.object());
  call.inputs = in.tensors();
  call.outputs = in.tensors();
  call.saved = in.tensors();
  call.dirty = in.tensors();
  call.non_differentiable = in.tensors();
  call.materialize = in.boolean();
  call.materialize_non_differentiable = in.boolean();
  call.separate_context = in.boolean();
  call.pure_view = in.boolean();
  return call;
}

TensorSet set_of(const variable_list& tensors) {
  TensorSet set;
  for (const at::Tensor& tensor : tensors) {
    if (tensor.defined()) set.insert(tensor.unsafeGetTensorImpl());
  }
  return set;
}

bool is_executable(const variable_list& inputs) {
  return at::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(inputs);
}

/// Zeros in place of missing tangents.
void fill_in_zeros(variable_list& tangents, const variable_list& inputs) {
  for (std::size_t i = 0; i < tangents.size(); i++) {
    if (tangents[i].defined() || !torch::autograd::isDifferentiableType(inputs[i].scalar_type())) continue;
    tangents[i] = at::zeros_like(inputs[i]);
  }
}

torch::autograd::_jvp_fn_t jvp_of(const Call& call) {
  return [&call](variable_list inputs, variable_list tangents) {  // NOLINT: libtorch's signature
    TORCH_CHECK_NOT_IMPLEMENTED(call.jvp.has_value(),
                                "You must implement the jvp function for custom autograd.Function to use it with "
                                "forward mode AD.");
    if (call.materialize) fill_in_zeros(tangents, inputs);
    variable_list results;
    const auto write = [&](FrameWriter& out) {
      out.list(1);
      out.tensors(tangents);
    };
    call_function(**call.jvp, write, [&](FrameReader& in) { results = in.tensors(); });
    return results;
  };
}

/// Saved tensors that are inputs and outputs at once need the view that stands for the output.
TensorSet saved_by_context(const Call& call) { return call.separate_context ? set_of(call.saved) : TensorSet(); }

/// Gives the outputs their node. libtorch 2.14 tells which one it attached: hooks hear of it when it has saved its
/// tensors.
std::vector<std::optional<at::Tensor>> wrap(const Call& call, const NodePtr& node, [[maybe_unused]] NodePtr& attached) {
  std::vector<std::optional<at::Tensor>> raw;
  for (const at::Tensor& output : call.outputs) raw.push_back(output.defined() ? std::optional(output) : std::nullopt);
  for (const at::Tensor& tensor : call.dirty) torch::autograd::impl::bump_version(tensor);
  const auto view_as_self = [](at::Tensor x) { return x.view_as(x); };  // NOLINT: libtorch's signature
  return torch::autograd::_wrap_outputs(call.inputs, set_of(call.non_differentiable), set_of(call.dirty), raw, node,
                                        jvp_of(call), saved_by_context(call), view_as_self, call.pure_view
#if TORCH_VERSION_MINOR >= 14
                                        ,
                                        attached
#endif
  );
}

void tell_hooks([[maybe_unused]] const NodePtr& attached) {
#if TORCH_VERSION_MINOR >= 14
  if (attached) torch::autograd::fire_node_creation_hooks(attached);
#endif
}

}  // namespace

variable_list FunctionNode::apply(variable_list&& gradients) {
  at::OptionalDeviceGuard guard;
  for (std::size_t i = 0; i < gradients.size(); i++) {
    if (!gradients[i].defined() && i < zeros.size() && zeros[i]) gradients[i] = zeros[i]->zeros(guard);
  }
  variable_list results;
  const auto write = [&](FrameWriter& out) {
    out.list(2);
    out.node(getptr());
    out.tensors(gradients);
  };
  call_function(backward_, write, [&](FrameReader& in) {
    results = in.tensors();
    let_leaves_keep(backward_.thread().environment(), *this, gradients, results);
  });
  return results;
}

void FunctionNode::release_variables() {
  const std::lock_guard lock(mutex_);
  saved_.clear();
  saved_nodes_.clear();
  released_ = true;
}

void FunctionNode::save(const at::Tensor& tensor, bool dirty) {
  const NodePtr node = tensor.defined() ? tensor.grad_fn() : NodePtr();
  if (node && dirty && tensor.is_view()) {  // its graph leads here, through that of its base
    saved_.emplace_back(tensor, /*is_output=*/true, /*is_inplace_on_view=*/true);
    return;
  }
  const bool is_output = node && &*node == this;
  saved_.emplace_back(tensor, is_output);
  if (node && !is_output) saved_nodes_.push_back(node);
}

variable_list FunctionNode::saved() {
  variable_list tensors;
  for (const torch::autograd::SavedVariable* place : places()) tensors.push_back(place->unpack(getptr()));
  return tensors;
}

std::vector<torch::autograd::SavedVariable*> FunctionNode::places() {
  const std::lock_guard lock(mutex_);
  TORCH_CHECK(!released_, torch::autograd::ERR_BACKWARD_TWICE);
  std::vector<torch::autograd::SavedVariable*> places;
  for (torch::autograd::SavedVariable& saved : saved_) places.push_back(&saved);
  return places;
}

void function_apply(Environment& environment, FrameReader& in, FrameWriter& out) {
  const Call call = read_call(environment, in);
  const bool executable = is_executable(call.inputs);
  auto node = new_node<FunctionNode>(call.name, environment, call.backward);
  if (executable) node->set_next_edges(torch::autograd::collect_next_edges(call.inputs));
  NodePtr attached;
  const auto outputs = wrap(call, executable ? NodePtr(node) : NodePtr(), attached);
  if (executable) {
    for (const auto& output : outputs) {
      const bool zeros = call.materialize && output && output->defined() &&
                         (call.materialize_non_differentiable || output->requires_grad());
      node->zeros.push_back(zeros ? std::optional<torch::autograd::VariableInfo>(*output) : std::nullopt);
    }
    const TensorSet dirty = set_of(call.dirty);
    for (const at::Tensor& tensor : call.saved) node->save(tensor, dirty.contains(tensor.unsafeGetTensorImpl()));
    tell_hooks(attached);
  }
  out.list(outputs.size());
  for (const auto& output : outputs) out.tensor(output.value_or(at::Tensor()));
}

void node_is_custom(Environment&, FrameReader& in, FrameWriter& out) {
  out.boolean(dynamic_cast<const FunctionNode*>(&*in.node()) != nullptr);
}

void function_saved_tensors(Environment&, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  auto* function = dynamic_cast<FunctionNode*>(&*node);
  TORCH_CHECK(function != nullptr, node->name(), " saves no tensors that can be shown");
  out.tensors(function->saved());
}

void function_backward(Environment&, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  auto* function = dynamic_cast<FunctionNode*>(&*node);
  const Napi::Value backward = function == nullptr ? Napi::Value() : function->backward().get();
  backward.IsEmpty() ? out.none() : out.object(backward);
}

void function_needs_grad(Environment&, FrameReader& in, FrameWriter& out) {
  const variable_list inputs = in.tensors();
  out.list(inputs.size());
  for (const at::Tensor& input : inputs) out.boolean(input.defined() && input.requires_grad());
}

void undefined_grad(Environment&, FrameReader& in, FrameWriter& out) {
  auto node = new_node<torch::autograd::UndefinedGrad>();
  out.tensor((*node)({in.tensor()}).at(0));
}

void delayed_error(Environment&, FrameReader& in, FrameWriter& out) {
  const std::string message = in.string();
  variable_list values = in.tensors();
  for (at::Tensor& value : values) {
    if (value.defined()) value = value.detach().set_requires_grad(true);
  }
  auto node = new_node<torch::autograd::DelayedError>(message, static_cast<std::int64_t>(values.size()));
  out.tensors((*node)(std::move(values)));
}

}  // namespace tsorch
