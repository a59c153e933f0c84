#include "stack_tracer.h"

#include <c10/util/ScopeExit.h>
#include <torch/csrc/profiler/collection.h>
#include <torch/csrc/profiler/orchestration/python_tracer.h>

#include <mutex>

#include "../environment.h"
#include "profiler.h"

namespace tsorch {

namespace {

using namespace torch::profiler::impl;
using Call = ExtraFields<EventType::PyCall>;

/// Kineto makes its tracer deep inside of a call, on the thread of the call.
thread_local std::shared_ptr<StackTracer> starting;

/// One instance of a module's class. Kineto asks for addresses, which only tell instances apart.
NNModuleInfo module_info(const TracedFrame& frame) {
  NNModuleInfo info{PyModuleSelf(nullptr), PyModuleCls(nullptr), at::StringView(frame.module), {}, frame.instance};
  return info;
}

/// Gives kineto the frames as it would get Python's.
class FrameEvents final : public python_tracer::PythonTracerBase {
 public:
  FrameEvents(RecordQueue& queue, std::shared_ptr<StackTracer> tracer)
      : tracer_(std::move(tracer)), thread_(queue.getSubqueue()->tid()), ids_(queue.getSubqueue()->kineto_info()) {}

  void stop() override {}
  void restart() override {}
  void register_gc_callback() override {}

  std::vector<std::shared_ptr<Result>> getEvents(std::function<c10::time_t(c10::approx_time_t)> time,
                                                 std::vector<python_tracer::CompressedEvent>&, c10::time_t) override {
    std::vector<std::shared_ptr<Result>> events;
    for (const TracedFrame& frame : tracer_->frames()) {
      const PyFrameState state{frame.line, at::StringView(frame.file), at::StringView(frame.function)};
      std::optional<NNModuleInfo> module;
      if (!frame.module.empty()) module = module_info(frame);
      Call call(time(end_of(frame)), 0, state, {state, std::move(module), std::nullopt});
      call.id_ = events.size();
      events.push_back(Result::create(time(tracer_->moments().at(frame.first).start), thread_, ids_, std::move(call)));
    }
    return events;
  }

 private:
  /// When the last of its calls was over: one that ran JavaScript has others inside of it.
  c10::approx_time_t end_of(const TracedFrame& frame) const {
    const auto& moments = tracer_->moments();
    c10::approx_time_t end = 0;
    for (std::size_t at = frame.first; at <= frame.last; at++) end = std::max(end, moments.at(at).end);
    return end;
  }

  std::shared_ptr<StackTracer> tracer_;
  std::uint64_t thread_;
  kineto::DeviceAndResource ids_;
};

std::unique_ptr<python_tracer::PythonTracerBase> make_events(RecordQueue* queue) {
  if (starting == nullptr) return nullptr;
  return std::make_unique<FrameEvents>(*queue, starting);
}

}  // namespace

StackTracer::Scope::Scope(std::shared_ptr<StackTracer> tracer) {
  static std::once_flag once;
  std::call_once(once, [] { python_tracer::registerTracer(&make_events); });
  starting = std::move(tracer);
}

StackTracer::Scope::~Scope() { starting = nullptr; }

void StackTracer::attach(Environment& environment) {
  std::vector<NativeFunction>& functions = environment.native_functions();
  functions_.assign(functions.size(), &StackTracer::traced);
  functions_.swap(functions);
}

void StackTracer::detach(Environment& environment) {
  if (functions_.empty()) return;
  environment.native_functions().swap(functions_);
  functions_.clear();
}

void StackTracer::traced(Environment& environment, FrameReader& in, FrameWriter& out) {
  const std::shared_ptr<StackTracer> tracer = environment.profiler->tracer();
  const auto number = static_cast<std::size_t>(environment.frame()[0]);
  const NativeFunction function = tracer->functions_.at(number);
  const std::size_t at = tracer->moments_.size();
  const auto now = c10::getApproximateTime();
  tracer->moments_.push_back({now, now});
  tracer->keep_.Call({});
  const auto ended = c10::make_scope_exit([&] { tracer->moments_[at].end = c10::getApproximateTime(); });
  function(environment, in, out);
}

}  // namespace tsorch
