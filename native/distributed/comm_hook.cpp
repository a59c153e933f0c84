#include "comm_hook.h"

#include <torch/csrc/autograd/engine.h>

namespace tsorch {

namespace {

/// What a hook gave: a tensor at once, or later by a function.
struct HookResult {
  std::shared_ptr<WorkPart> work;
  std::shared_ptr<JsValue> compute;
};

void write_bucket(FrameWriter& out, c10d::GradBucket& bucket) {
  out.list(1);
  out.list(5);
  out.integer(static_cast<std::int64_t>(bucket.getIndex()));
  out.boolean(bucket.isLast());
  out.tensor(bucket.getBuffer());
  out.tensors(bucket.getGradients());
  out.tensors(bucket.getParameters());
}

at::Tensor computed(const HookResult& result) {
  if (result.work) result.work->wait(kNoTimeout);
  at::Tensor tensor;
  call_function(
      *result.compute, [](FrameWriter& out) { out.list(0); }, [&](FrameReader& in) { tensor = in.tensor(); });
  return tensor;
}

}  // namespace

JsCommHook::JsCommHook(Environment& environment, std::shared_ptr<Connections> connections, Napi::Value function)
    : connections_(std::move(connections)), function_(std::make_shared<JsValue>(environment, function)) {}

c10::intrusive_ptr<c10::ivalue::Future> JsCommHook::runHook(c10d::GradBucket& bucket) {
  const auto result = std::make_shared<HookResult>();
  const Connections::Trust trust(*connections_);
  call_function(
      *function_, [&](FrameWriter& out) { write_bucket(out, bucket); },
      [&](FrameReader& in) {
        in.list();
        if (!in.none()) result->work = in.part<WorkPart>("Work");
        result->compute = std::make_shared<JsValue>(function_->thread().environment(), in.object());
      });
  auto future = c10::make_intrusive<c10::ivalue::Future>(c10::TensorType::get());
  if (torch::autograd::get_current_graph_task_id() < 0) {  // a joined rank, which has no backward pass
    future->markCompleted(c10::IValue(computed(*result)));
    return future;
  }
  // The reducer's own callback, which waits for the future, comes after this one.
  torch::autograd::Engine::get_default_engine().queue_callback(
      [future, result] { future->markCompleted(c10::IValue(computed(*result))); });
  return future;
}

at::Tensor JsCommHook::parseHookResult(const c10::IValue& result) { return result.toTensor(); }

}  // namespace tsorch
