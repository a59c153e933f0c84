#include "hooks.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

#include "stealing.h"

namespace tsorch {

namespace {

using torch::autograd::variable_list;

/// Puts a hook's result in place of a gradient.
void take(at::Tensor& original, const at::Tensor& result, const Hook& hook) {
  if (result.defined()) {
    TORCH_CHECK(original.defined(), "can't replace a None gradient with a non-None value");
    torch::autograd::check_variable_result(original, result, function_name(*hook));
  }
  original = result;
}

/// As many results as gradients; a missing one removes its gradient.
void take_all(variable_list& values, const variable_list& results, const Hook& hook) {
  TORCH_CHECK(results.size() == values.size(), "hook '", function_name(*hook),
              "' has returned an incorrect number of values (got ", results.size(), ", but expected ", values.size(),
              ")");
  for (std::size_t i = 0; i < values.size(); i++) take(values[i], results[i], hook);
}

/// Calls a hook of a node on lists of gradients; what it returns replaces `values`.
void call_on_lists(const Hook& hook, variable_list& values, const variable_list* reached) {
  variable_list results;
  bool given = false;
  const auto write = [&](FrameWriter& out) {
    out.list(reached == nullptr ? 1 : 2);
    out.tensors(values);
    if (reached != nullptr) out.tensors(*reached);
  };
  const auto read = [&](FrameReader& in) {
    given = !in.none();
    if (given) results = in.tensors();
  };
  call_function(*hook, write, read);
  if (given) hook->thread().run([&] { take_all(values, results, hook); });
}

Hook read_hook(Environment& environment, FrameReader& in) {
  return std::make_shared<JsValue>(environment, in.object());
}

/// The list of our hooks in one of a node's lists of hooks, made when there is none.
template <typename Ours, typename Base>
Hooks ours_in(std::vector<std::unique_ptr<Base>>& lists, const torch::autograd::Node& node) {
  for (const auto& list : lists) {
    if (auto* ours = dynamic_cast<Ours*>(list.get())) return ours->hooks;
  }
  lists.push_back(std::make_unique<Ours>(node));
  return static_cast<const Ours&>(*lists.back()).hooks;
}

/// The hooks of a tensor's gradient; those of a leaf live on the tensor, since its node may come and go.
Hooks hooks_of(const at::Tensor& tensor) {
  const NodePtr node = tensor.grad_fn();
  const std::size_t input = node ? tensor.output_nr() : 0;
  auto& lists = node ? node->tensor_pre_hooks() : torch::autograd::impl::hooks(tensor);
  for (const auto& list : lists) {
    auto* ours = dynamic_cast<TensorHooks*>(list.get());
    if (ours != nullptr && ours->input == input) return ours->hooks;
  }
  auto made = std::make_unique<TensorHooks>(input, /*of_leaf=*/!node);
  const Hooks hooks = made->hooks;
  if (node) {
    node->add_tensor_pre_hook(std::move(made));
  } else {
    torch::autograd::impl::add_hook(tensor, std::move(made));
  }
  return hooks;
}

/// Does what is to be done on JavaScript's thread once hooks have run.
void after(const std::vector<Hook>& hooks, const std::function<void(Environment&)>& work) {
  if (hooks.empty()) return;
  JsThread& thread = hooks.back()->thread();
  thread.run([&] { work(thread.environment()); });
}

}  // namespace

NodePreHooks::NodePreHooks(const torch::autograd::Node& node) : of_leaf(is_leaf_node(&node)) {}

variable_list TensorHooks::operator()(const variable_list& gradients) {
  variable_list values = gradients;
  at::Tensor& value = values.at(input);
  const std::vector<Hook> snapshot = hooks->snapshot();
  for (const Hook& hook : snapshot) {
    at::Tensor result;
    const auto write = [&](FrameWriter& out) {
      out.list(1);
      out.tensor(value);
    };
    call_function(*hook, write, [&](FrameReader& in) { result = in.optional_tensor(); });
    if (result.defined()) hook->thread().run([&] { take(value, result, hook); });
  }
  if (of_leaf) after(snapshot, [&](Environment& environment) { let_leaf_keep(environment, gradients, values); });
  return values;
}

variable_list NodePreHooks::operator()(const variable_list& gradients) {
  variable_list values = gradients;
  const std::vector<Hook> snapshot = hooks->snapshot();
  for (const Hook& hook : snapshot) call_on_lists(hook, values, nullptr);
  if (of_leaf) after(snapshot, [&](Environment& environment) { let_leaf_keep(environment, gradients, values); });
  return values;
}

variable_list NodePostHooks::operator()(const variable_list& computed, const variable_list& reached) {
  variable_list values = computed;
  const std::vector<Hook> snapshot = hooks->snapshot();
  for (const Hook& hook : snapshot) call_on_lists(hook, values, &reached);
  after(snapshot, [&](Environment& environment) { let_leaves_keep(environment, node, computed, values); });
  return values;
}

void AccumulatedHooks::operator()(const at::Tensor& tensor) {
  at::Tensor value = tensor;
  for (const Hook& hook : hooks->snapshot()) {
    at::Tensor result;
    const auto write = [&](FrameWriter& out) {
      out.list(1);
      out.tensor(value);
    };
    call_function(*hook, write, [&](FrameReader& in) { result = in.optional_tensor(); });
    if (result.defined() && !result.is_same(value)) hook->thread().run([&] { take(value, result, hook); });
  }
  TORCH_CHECK(value.is_same(tensor), "Tensor post accumulate grad hooks should return None.");
}

void tensor_register_hook(Environment& environment, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = in.tensor();
  const Hook hook = read_hook(environment, in);
  TORCH_CHECK(tensor.requires_grad(), "cannot register a hook on a tensor that doesn't require gradient");
  out.integer(environment.hooks.add(hooks_of(tensor), hook));
}

void tensor_register_accumulated_hook(Environment& environment, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = in.tensor();
  const Hook hook = read_hook(environment, in);
  TORCH_CHECK(tensor.requires_grad(), "cannot register a hook on a tensor that doesn't require gradient");
  TORCH_CHECK(!tensor.grad_fn(), "post accumulate grad hooks cannot be registered on non-leaf tensors");
  auto& existing = torch::autograd::impl::post_acc_grad_hooks(tensor);
  if (existing == nullptr) {
    torch::autograd::impl::set_post_acc_grad_hooks(tensor, std::make_unique<AccumulatedHooks>());
  }
  auto* ours = dynamic_cast<AccumulatedHooks*>(torch::autograd::impl::post_acc_grad_hooks(tensor).get());
  TORCH_CHECK(ours != nullptr, "this tensor has a post accumulate grad hook of another library");
  out.integer(environment.hooks.add(ours->hooks, hook));
}

void node_register_hook(Environment& environment, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  const Hook hook = read_hook(environment, in);
  out.integer(environment.hooks.add(ours_in<NodePostHooks>(node->post_hooks(), *node), hook));
}

void node_register_prehook(Environment& environment, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  const Hook hook = read_hook(environment, in);
  out.integer(environment.hooks.add(ours_in<NodePreHooks>(node->pre_hooks(), *node), hook));
}

NodeMetadata* metadata_of(torch::autograd::Node& node) {
  for (const auto& hook : node.pre_hooks()) {
    if (auto* ours = dynamic_cast<NodeMetadata*>(hook.get())) return ours;
  }
  return nullptr;
}

void node_metadata(Environment&, FrameReader& in, FrameWriter& out) {
  const NodeMetadata* metadata = metadata_of(*in.node());
  metadata == nullptr ? out.none() : out.object(metadata->value.get());
}

void node_set_metadata(Environment& environment, FrameReader& in, FrameWriter&) {
  const NodePtr node = in.node();
  node->add_pre_hook(std::make_unique<NodeMetadata>(environment, in.object()));
}

void remove_hook(Environment& environment, FrameReader& in, FrameWriter&) { environment.hooks.remove(in.integer()); }

}  // namespace tsorch
