// Weak references to JavaScript objects, one at each place.
//
// Node-API's weak reference costs an allocation, a callback of the collector and a queued finalizer: 55 to 70 ns more
// of each tensor. V8 itself resets a weak handle that has no callback, and keeps its handles in blocks. Its three
// functions are declared weakly, as in v8_buffers.h: where the runtime has none of them, Node-API's references serve.
#pragma once

#include <napi.h>

#include <cstdint>
#include <deque>

namespace tsorch {

class WeakObjects {
 public:
  void set(Napi::Env env, std::uint32_t place, Napi::Value object);
  /// The object of a place that is set; empty once it has been collected.
  Napi::Value get(Napi::Env env, std::uint32_t place) const;
  bool is_collected(Napi::Env env, std::uint32_t place) const;
  void clear(Napi::Env env, std::uint32_t place);

 private:
  /// V8's handle, which V8 sets to nullptr itself, so its address must not change; or a napi_ref.
  mutable std::deque<void*> references_;
};

}  // namespace tsorch
