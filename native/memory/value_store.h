// JavaScript values that native objects keep alive: hooks, custom functions, buffers whose memory tensors use.
//
// They are elements of an array that the object of native functions owns, not references of Node-API, which are roots:
// so a hook may mention its copy of the facade, and both are collected together.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <mutex>
#include <vector>

namespace tsorch {

class ValueStore {
 public:
  using Slot = std::uint32_t;

  /// Makes the array, a property of `owner`.
  ValueStore(napi_env env, napi_value owner);
  ~ValueStore();
  ValueStore(const ValueStore&) = delete;
  ValueStore& operator=(const ValueStore&) = delete;

  // JavaScript's thread only, while the environment lives.
  Slot keep(napi_value value);
  napi_value get(Slot slot) const;
  void put(Slot slot, napi_value value);
  void drop(Slot slot);

  /// Drops at the next `drain`: native objects die on any thread.
  void drop_later(Slot slot);
  void drain();

 private:
  napi_env env_;
  napi_ref array_ = nullptr;  // weak
  Slot size_ = 0;
  std::vector<Slot> free_;
  std::mutex mutex_;
  std::vector<Slot> dropped_;
};

}  // namespace tsorch
