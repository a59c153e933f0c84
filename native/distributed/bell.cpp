#include "bell.h"

#include <utility>

namespace tsorch {

void Bell::watch(Napi::Env env, const std::shared_ptr<WorkPart>& work, Napi::Function rung) {
  {
    const std::lock_guard lock(mutex_);
    if (!wire_) {
      auto function = Napi::ThreadSafeFunction::New(env, rung, "torch.distributed", 0, 1);
      void (*close)(Bell*) = [](Bell* self) { self->close(); };
      wire_.emplace(Wire{function, env.AddCleanupHook(close, this)});
    }
    watched_++;
  }
  work->notify([self = shared_from_this(), work] { self->ring(work); });
}

void Bell::ring(const std::shared_ptr<WorkPart>& work) {
  const std::lock_guard lock(mutex_);
  over_.push_back(work);
  if (wire_) wire_->function.NonBlockingCall();
}

std::vector<std::shared_ptr<WorkPart>> Bell::take(Napi::Env env) {
  const std::lock_guard lock(mutex_);
  auto taken = std::exchange(over_, {});
  watched_ -= taken.size();
  if (watched_ == 0 && wire_) {
    wire_->hook.Remove(env);
    wire_->function.Release();
    wire_.reset();
  }
  return taken;
}

void Bell::close() {
  const std::lock_guard lock(mutex_);
  wire_.reset();
}

}  // namespace tsorch
