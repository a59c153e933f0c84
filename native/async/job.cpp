#include "job.h"

#include <ATen/Parallel.h>

#include <utility>

#include "../environment.h"

namespace tsorch {

namespace {

/// Gives a thread its share of the processor. libtorch takes the number that was set last for threads that start later,
/// so it is put back.
class IntraopThreads {
 public:
  explicit IntraopThreads(int count) : before_(at::get_num_threads()) { set(count); }
  ~IntraopThreads() { set(before_); }
  IntraopThreads(const IntraopThreads&) = delete;
  IntraopThreads& operator=(const IntraopThreads&) = delete;

 private:
  static void set(int count) {
    if (count != at::get_num_threads()) at::set_num_threads(count);
  }
  int before_;
};

c10::Device device_of(const torch::jit::Stack& arguments) {
  for (const c10::IValue& each : arguments) {
    if (each.isTensor() && each.toTensor().defined()) return each.toTensor().device();
    if (each.isDevice()) return each.toDevice();
  }
  return c10::kCPU;
}

}  // namespace

void Job::add(Call call, torch::jit::Stack arguments, std::vector<Result> results) {
  for (const c10::IValue& each : arguments) check_pending(each, *this);
  for (const Result& each : results) {
    if (const auto* tensor = std::get_if<at::Tensor>(&each)) pending_.push_back(*tensor);
  }
  steps_.push_back({std::move(call), std::move(arguments), std::move(results), {}});
}

void Job::add(FrameWriter& out, Call call, torch::jit::Stack arguments, const c10::Type& type) {
  if (type.kind() == c10::TypeKind::TensorType) {
    const at::Tensor tensor = pending(arguments);
    add(std::move(call), std::move(arguments), {tensor});
    return out.tensor(tensor);
  }
  const auto value = std::make_shared<PendingValue>();
  add(std::move(call), std::move(arguments), {value});
  out.part(value);
}

at::Tensor Job::pending(const torch::jit::Stack& arguments) const {
  return at::detail::make_tensor<PendingTensor>(*this, device_of(arguments));
}

void Job::run(Step& step) {
  const at::ThreadLocalStateGuard guard(step.state);
  for (c10::IValue& each : step.stack) resolve(each);
  step.call(step.stack);
  for (std::size_t i = 0; i < step.results.size(); i++) {
    if (const auto* tensor = std::get_if<at::Tensor>(&step.results[i])) {
      const at::Tensor& value = step.stack[i].toTensor();
      TORCH_CHECK(value.defined(), "an operator gave no tensor as its result ", i,
                  ", which torch.run_async cannot give");
      PendingTensor::of(*tensor)->value = value;
    } else if (const auto* value = std::get_if<std::shared_ptr<PendingValue>>(&step.results[i])) {
      (*value)->value = step.stack[i];
    }
  }
  step.stack.clear();
}

void Job::run(int threads) {
  WarningCollector collector(warnings_);
  const c10::WarningUtils::WarningHandlerGuard warnings(&collector);
  const IntraopThreads share(threads);
  try {
    for (Step& step : steps_) {
      if (cancelled_) return;
      run(step);
    }
  } catch (...) {
    error_ = std::current_exception();
  }
}

void Job::finish(Environment& environment) {
  auto& warnings = environment.warnings;
  warnings.insert(warnings.end(), warnings_.begin(), warnings_.end());
  if (error_) std::rethrow_exception(error_);
  for (const at::Tensor& each : pending_) {
    environment.handles.fulfil(each, std::move(PendingTensor::of(each)->value));
  }
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  doorbell_.reset();
}

void Mailbox::start(Napi::Env env, std::shared_ptr<Job> job, Napi::Function arrived, int threads) {
  {
    const std::lock_guard lock(mutex_);
    if (!doorbell_) {
      auto function = Napi::ThreadSafeFunction::New(env, arrived, "torch.run_async", 0, 1);
      void (*close)(Mailbox*) = [](Mailbox* self) { self->close(); };
      doorbell_.emplace(Doorbell{function, env.AddCleanupHook(close, this)});
    }
    running_++;
  }
  at::launch([self = shared_from_this(), job = std::move(job), threads]() mutable {
    job->run(threads);
    self->deliver(std::move(job));
  });
}

void Mailbox::deliver(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  arrived_.push_back(std::move(job));
  if (doorbell_) doorbell_->function.NonBlockingCall();
}

std::vector<std::shared_ptr<Job>> Mailbox::take(Napi::Env env) {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Job>> taken = std::exchange(arrived_, {});
  running_ -= taken.size();
  if (running_ == 0 && doorbell_) {
    doorbell_->hook.Remove(env);
    doorbell_->function.Release();
    doorbell_.reset();
  }
  return taken;
}

}  // namespace tsorch
