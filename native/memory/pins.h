// JavaScript buffers whose memory tensors use.
#pragma once

#include <node_api.h>

#include <mutex>
#include <utility>
#include <vector>

namespace tsorch {

/// A tensor may die on any thread, and after its environment; a reference may be deleted on the environment's only.
/// So the tensor hands its reference in here, and the environment deletes it at the next sweep.
class Pins {
 public:
  void release(napi_ref pin) {
    const std::lock_guard lock(mutex_);
    released_.push_back(pin);
  }

  void drain(napi_env env) {
    std::vector<napi_ref> pins;
    {
      const std::lock_guard lock(mutex_);
      pins = std::exchange(released_, {});
    }
    for (napi_ref pin : pins) napi_delete_reference(env, pin);
  }

 private:
  std::mutex mutex_;
  std::vector<napi_ref> released_;
};

}  // namespace tsorch
