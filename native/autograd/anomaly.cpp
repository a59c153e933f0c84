#include "anomaly.h"

#include <torch/csrc/autograd/function.h>

namespace tsorch {

namespace {

using torch::autograd::AnomalyMode;

/// The environment whose stacks this thread records. The mode itself is the process's, as in libtorch.
std::weak_ptr<JsThread>& tracer() {
  static thread_local std::weak_ptr<JsThread> thread;
  return thread;
}

/// The calling JavaScript functions, one a line; empty on other threads.
std::string javascript_stack() {
  const std::shared_ptr<JsThread> thread = tracer().lock();
  if (thread == nullptr || !thread->is_open()) return "";
  napi_env env = thread->environment().env();
  napi_handle_scope scope = nullptr;
  napi_value message = nullptr;
  napi_value error = nullptr;
  napi_value stack = nullptr;
  std::size_t length = 0;
  std::string text;
  napi_open_handle_scope(env, &scope);
  if (napi_create_string_utf8(env, "", 0, &message) == napi_ok &&
      napi_create_error(env, nullptr, message, &error) == napi_ok &&
      napi_get_named_property(env, error, "stack", &stack) == napi_ok &&
      napi_get_value_string_utf8(env, stack, nullptr, 0, &length) == napi_ok) {
    text.resize(length);
    napi_get_value_string_utf8(env, stack, text.data(), length + 1, &length);
  }
  napi_close_handle_scope(env, scope);
  return text.substr(std::min(text.size(), text.find('\n') + 1));
}

}  // namespace

void TraceMetadata::store_stack() { stack_ = javascript_stack(); }

void TraceMetadata::print_stack(const std::string& node) {
  if (stack_.empty()) {
    TORCH_WARN("Error detected in ", node, ". No forward pass information available. Enable detect anomaly during ",
               "forward pass for more information.");
  } else {
    TORCH_WARN("Error detected in ", node, ". Traceback of forward call that caused the error:\n", stack_);
  }
  for (NodePtr parent = parent_; parent;) {
    const auto* metadata = dynamic_cast<const TraceMetadata*>(parent->metadata());
    if (metadata == nullptr) return;
    TORCH_WARN("\n\nPrevious calculation was induced by ", parent->name(),
               ". Traceback of forward call that induced the previous calculation:\n", metadata->stack_);
    parent = metadata->parent_;
  }
}

void set_anomaly_mode(Environment& environment, FrameReader& in, FrameWriter&) {
  const bool enabled = in.boolean();
  const bool check_nan = in.boolean();
  AnomalyMode::set_enabled(enabled, check_nan);
  tracer() = enabled ? environment.thread : nullptr;
}

void anomaly_mode(Environment&, FrameReader&, FrameWriter& out) {
  out.list(2);
  out.boolean(AnomalyMode::is_enabled());
  out.boolean(AnomalyMode::should_check_nan());
}

}  // namespace tsorch
