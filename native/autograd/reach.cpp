// Cycles that run through the graph and JavaScript at once.
//
// A hook that mentions a tensor of its own graph makes such a cycle: the graph owns the hook, the hook the tensor's
// object, the object the tensor, the tensor the graph. V8 cannot see the native half of it. So for a full collection
// every JavaScript value that the graph owns is left to the collector, and each tensor's object is given the values
// that its tensor leads to, which is what keeps them alive then. What is still there afterwards is owned again.
#include "../environment.h"

#include <ATen/functorch/BatchedTensorImpl.h>
#include <ATen/functorch/TensorWrapper.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/variable.h>

#include "function_node.h"
#include "hooks.h"

namespace tsorch {

namespace {

using torch::autograd::Node;

/// A tensor or a node.
struct Vertex {
  const at::TensorImpl* tensor = nullptr;
  Node* node = nullptr;
  const void* key() const { return tensor != nullptr ? static_cast<const void*>(tensor) : node; }
};

/// What a vertex owns.
struct Owned {
  std::vector<Vertex> vertices;
  std::vector<JsValue*> values;

  void add(const at::Tensor& tensor) {
    if (tensor.defined()) vertices.push_back({tensor.unsafeGetTensorImpl(), nullptr});
  }
  void add(const NodePtr& node) {
    if (node) vertices.push_back({nullptr, &*node});
  }
  void add(const Hooks& hooks) {
    for (const Hook& hook : hooks->snapshot()) values.push_back(hook.get());
  }
};

template <typename Ours, typename Lists>
void add_ours(Owned& owned, const Lists& lists) {
  for (const auto& list : lists) {
    if (const auto* ours = dynamic_cast<const Ours*>(list.get())) owned.add(ours->hooks);
  }
}

void add_wrapped(Owned& owned, const at::Tensor& tensor) {
  if (const auto* wrapper = at::functorch::maybeGetTensorWrapper(tensor)) owned.add(wrapper->value());
  if (const auto* batched = at::functorch::maybeGetBatchedImpl(tensor)) owned.add(batched->value());
}

void add_bases(Owned& owned, const at::Tensor& tensor) {
  const auto* view = torch::autograd::impl::get_view_autograd_meta(tensor);
  if (view == nullptr) return;
  if (view->has_bw_view()) owned.add(view->get_backward_view().base_);
  if (view->has_fw_view()) owned.add(view->get_forward_view().base_);
}

Owned owned_by_tensor(const at::TensorImpl* impl) {
  Owned owned;
  const auto tensor = at::Tensor(c10::intrusive_ptr<at::TensorImpl>::reclaim_copy(const_cast<at::TensorImpl*>(impl)));
  add_wrapped(owned, tensor);
  const auto* meta = torch::autograd::impl::get_autograd_meta(tensor);
  if (meta == nullptr) return owned;
  add_bases(owned, tensor);
  owned.add(meta->grad_);
  owned.add(meta->grad_fn_);
  add_ours<TensorHooks>(owned, meta->hooks_);
  if (const auto* ours = dynamic_cast<const AccumulatedHooks*>(meta->post_acc_grad_hooks_.get()))
    owned.add(ours->hooks);
  return owned;
}

Owned owned_by_node(Node* node) {
  Owned owned;
  for (const torch::autograd::Edge& edge : node->next_edges()) owned.add(edge.function);
  add_ours<NodePreHooks>(owned, node->pre_hooks());
  if (NodeMetadata* metadata = metadata_of(*node)) owned.values.push_back(&metadata->value);
  add_ours<NodePostHooks>(owned, node->post_hooks());
  if (const auto* accumulate = dynamic_cast<const torch::autograd::AccumulateGrad*>(node)) {
    owned.add(accumulate->variable);
    return owned;  // its tensor hooks are the variable's
  }
  add_ours<TensorHooks>(owned, node->tensor_pre_hooks());
  if (auto* function = dynamic_cast<FunctionNode*>(node)) {
    owned.values.push_back(&function->backward());
    for (const NodePtr& saved : function->saved_nodes()) owned.add(saved);
  }
  return owned;
}

Owned owned_by(const Vertex& vertex) {
  return vertex.tensor != nullptr ? owned_by_tensor(vertex.tensor) : owned_by_node(vertex.node);
}

/// Finds, for each vertex, a JavaScript array that leads to the values it leads to; none when there are none.
class Reach {
 public:
  explicit Reach(Napi::Env env) : env_(env) {}

  Napi::Array of(const Vertex& root) {
    walk(root);
    return known_.at(root.key()).array;
  }

  const std::unordered_set<JsValue*>& values() const { return values_; }

 private:
  struct Known {
    Napi::Array array;
    bool done = false;
  };
  struct Step {
    Vertex vertex;
    Owned owned;
    std::size_t next = 0;
  };

  /// Depth first with a stack of its own: graphs are deeper than the machine's.
  void walk(const Vertex& root) {
    std::vector<Step> steps;
    const auto enter = [&](const Vertex& vertex) {
      if (known_.emplace(vertex.key(), Known{}).second) steps.push_back({vertex, owned_by(vertex)});
    };
    enter(root);
    while (!steps.empty()) {
      Step& step = steps.back();
      if (step.next < step.owned.vertices.size()) {
        enter(step.owned.vertices[step.next++]);
        continue;
      }
      finish(step);
      steps.pop_back();
    }
  }

  void finish(const Step& step) {
    std::vector<Napi::Value> parts;
    for (JsValue* value : step.owned.values) {
      const Napi::Value kept = value->get();
      if (kept.IsEmpty()) continue;
      values_.insert(value);
      parts.push_back(kept);
    }
    for (const Vertex& vertex : step.owned.vertices) {
      const Napi::Array part = part_of(known_.at(vertex.key()));
      if (!part.IsEmpty()) parts.push_back(part);
    }
    Known& known = known_.at(step.vertex.key());
    known.done = true;
    if (known.array.IsEmpty() && step.owned.values.empty() && parts.size() == 1) {
      known.array = parts.front().As<Napi::Array>();
    } else if (!known.array.IsEmpty() || !parts.empty()) {
      if (known.array.IsEmpty()) known.array = Napi::Array::New(env_);
      for (std::uint32_t i = 0; i < parts.size(); i++) known.array.Set(i, parts[i]);
    }
  }

  /// The array of a vertex still under way is made now and filled later: the graph has a cycle (x.grad leads to x).
  Napi::Array part_of(Known& known) {
    if (!known.done && known.array.IsEmpty()) known.array = Napi::Array::New(env_);
    return known.array;
  }

  Napi::Env env_;
  std::unordered_map<const void*, Known> known_;
  std::unordered_set<JsValue*> values_;
};

Vertex vertex_of(const Resource& resource) {
  if (const auto* tensor = std::get_if<at::Tensor>(&resource)) return {tensor->unsafeGetTensorImpl(), nullptr};
  if (const auto* node = std::get_if<NodePtr>(&resource)) return {nullptr, &**node};
  return {};
}

}  // namespace

void loosen_values(Environment& environment, FrameReader&, FrameWriter& out) {
  if (environment.thread->values == 0 || environment.is_calling_javascript()) return out.none();
  const Napi::Env env = environment.env();
  Reach reach(env);
  Reach held(env);  // what objects in the nursery lead to: they have no weak reference yet
  Napi::Array pairs = Napi::Array::New(env);
  std::uint32_t count = 0;
  environment.handles.for_each(env, [&](const Resource& resource, Napi::Value object) {
    const Vertex vertex = vertex_of(resource);
    if (vertex.key() == nullptr) return;
    if (object.IsEmpty()) {
      held.of(vertex);
    } else if (const Napi::Array array = reach.of(vertex); !array.IsEmpty()) {
      pairs.Set(count++, object);
      pairs.Set(count++, array);
    }
  });
  for (JsValue* value : reach.values()) {
    if (held.values().contains(value)) continue;
    value->loosen();
    environment.loose.push_back(value);
  }
  out.object(pairs);
}

void fasten_values(Environment& environment, FrameReader&, FrameWriter&) {
  for (JsValue* value : std::exchange(environment.loose, {})) value->fasten();
}

void owned_values(Environment& environment, FrameReader&, FrameWriter& out) {
  out.integer(static_cast<std::int64_t>(environment.thread->values));
}

}  // namespace tsorch
