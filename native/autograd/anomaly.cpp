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
  std::string text;
  thread->run([&] {
    const Napi::Env env = thread->environment().env();
    const Napi::HandleScope scope(env);
    const Napi::Value stack = Napi::Error::New(env, "").Value().Get("stack");
    if (stack.IsString()) text = stack.As<Napi::String>();  // a program may replace how stacks are shown
  });
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
