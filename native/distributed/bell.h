// Tells JavaScript's thread when collectives are over.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "work.h"

namespace tsorch {

/// The event loop stays alive while collectives are watched, no longer.
class Bell final : public Part, public std::enable_shared_from_this<Bell> {
 public:
  /// `rung` is called on JavaScript's thread when works are over, which it takes.
  void watch(Napi::Env env, const std::shared_ptr<WorkPart>& work, Napi::Function rung);
  std::vector<std::shared_ptr<WorkPart>> take(Napi::Env env);

 private:
  /// The hook takes it down before Node's own end of it, after which no thread may ring.
  struct Wire {
    Napi::ThreadSafeFunction function;
    Napi::Env::CleanupHook<void (*)(Bell*), Bell> hook;
  };
  void ring(const std::shared_ptr<WorkPart>& work);
  void close();

  std::mutex mutex_;
  std::vector<std::shared_ptr<WorkPart>> over_;
  std::optional<Wire> wire_;
  std::size_t watched_ = 0;
};

}  // namespace tsorch
