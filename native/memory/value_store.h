// JavaScript values that native objects keep alive: hooks, custom functions, buffers whose memory tensors use.
//
// They are elements of an array that the object of native functions owns, not references of Node-API, which are roots:
// so a hook may mention its copy of the facade, and both are collected together.
#pragma once

#include <napi.h>

#include <cstdint>
#include <mutex>
#include <vector>

namespace tsorch {

class ValueStore {
 public:
  using Slot = std::uint32_t;

  /// Makes the array, a property of `owner`.
  explicit ValueStore(Napi::Object owner);
  ~ValueStore() = default;
  ValueStore(const ValueStore&) = delete;
  ValueStore& operator=(const ValueStore&) = delete;

  // JavaScript's thread only, while the environment lives.
  Slot keep(Napi::Value value);
  Napi::Value get(Slot slot) const;
  void put(Slot slot, Napi::Value value);
  void drop(Slot slot);

  /// Drops at the next `drain`: native objects die on any thread.
  void drop_later(Slot slot);
  void drain();

  /// The environment is going away, which what it kept values for may outlive: `array_` must not.
  void close();

 private:
  Napi::Reference<Napi::Array> array_;  // weak
  Slot size_ = 0;
  std::vector<Slot> free_;
  std::mutex mutex_;
  std::vector<Slot> dropped_;
};

}  // namespace tsorch
