// What V8 knows of an ArrayBuffer's memory and Node-API does not tell. The memory belongs to a BackingStore, which
// moves on to another ArrayBuffer when JavaScript transfers the first, and which may be held and let go of on any
// thread.
//
// Declared here, not taken from v8.h: what that inlines depends on the version of V8, while these functions are the
// same in Node 20, 22 and 24, and the addon is one binary for all of them. A Local is the address of a slot that holds
// the object; so is a napi_value, and so is the `this` of an object's methods. Bun has none of NewBackingStore and its
// kin: `has_backing_stores` is asked first, and the others are looked up by the loader when they are called.
#pragma once

#include <napi.h>

#include <cstddef>
#include <memory>

namespace v8 {

class __attribute__((visibility("default"))) BackingStore {
 public:
  ~BackingStore();
  void* Data() const;
  std::size_t ByteLength() const;
  bool IsShared() const;
  bool IsResizableByUserJavaScript() const;
  static void operator delete(void* memory) { ::operator delete(memory); }  // the object is larger than it is here
};

class __attribute__((visibility("default"))) Isolate {
 public:
  static Isolate* GetCurrent();
};

template <class T>
class Local {
 public:
  T* slot = nullptr;
};

class __attribute__((visibility("default"))) ArrayBuffer {
 public:
  using Deleter = void (*)(void* data, std::size_t length, void* context);
  __attribute__((weak)) static std::unique_ptr<BackingStore> NewBackingStore(void* data, std::size_t length,
                                                                             Deleter deleter, void* context);
  static Local<ArrayBuffer> New(Isolate* isolate, std::shared_ptr<BackingStore> memory);
  std::shared_ptr<BackingStore> GetBackingStore();
};

}  // namespace v8

namespace tsorch {

inline bool has_backing_stores() { return &v8::ArrayBuffer::NewBackingStore != nullptr; }

/// The memory of an ArrayBuffer or a SharedArrayBuffer.
inline std::shared_ptr<v8::BackingStore> memory_of(Napi::Value buffer) {
  return reinterpret_cast<v8::ArrayBuffer*>(static_cast<napi_value>(buffer))->GetBackingStore();
}

/// An ArrayBuffer over this memory.
inline Napi::Value buffer_over(Napi::Env env, std::shared_ptr<v8::BackingStore> memory) {
  const auto buffer = v8::ArrayBuffer::New(v8::Isolate::GetCurrent(), std::move(memory));
  return {env, reinterpret_cast<napi_value>(buffer.slot)};
}

}  // namespace tsorch
