#include "weak_objects.h"

#include <utility>

#include "../errors.h"
#include "v8_buffers.h"

namespace v8 {

namespace internal {
using Address = std::uintptr_t;
class Isolate;
}  // namespace internal

#define TSORCH_V8_OPTIONAL __attribute__((weak, visibility("default")))

namespace api_internal {
TSORCH_V8_OPTIONAL internal::Address* GlobalizeReference(internal::Isolate* isolate,
                                                         internal::Address* slot);  // Node 20
TSORCH_V8_OPTIONAL internal::Address* GlobalizeReference(internal::Isolate* isolate, internal::Address object);
TSORCH_V8_OPTIONAL void MakeWeak(internal::Address** handle);
TSORCH_V8_OPTIONAL void DisposeGlobal(internal::Address* handle);
}  // namespace api_internal

class HandleScope {
 public:
  TSORCH_V8_OPTIONAL static internal::Address* CreateHandle(internal::Isolate* isolate, internal::Address object);
};

#undef TSORCH_V8_OPTIONAL

}  // namespace v8

namespace tsorch {

namespace {

using v8::internal::Address;
using GlobalizeSlot = Address* (*)(v8::internal::Isolate*, Address*);
using GlobalizeObject = Address* (*)(v8::internal::Isolate*, Address);

const GlobalizeSlot kGlobalizeSlot = v8::api_internal::GlobalizeReference;
const GlobalizeObject kGlobalizeObject = v8::api_internal::GlobalizeReference;

const bool kHasV8 = (kGlobalizeSlot != nullptr || kGlobalizeObject != nullptr) &&
                    &v8::api_internal::MakeWeak != nullptr && &v8::api_internal::DisposeGlobal != nullptr &&
                    &v8::HandleScope::CreateHandle != nullptr;

v8::internal::Isolate* isolate() { return reinterpret_cast<v8::internal::Isolate*>(v8::Isolate::GetCurrent()); }

/// A strong handle of V8's. A napi_value is the address of the slot that holds the object.
Address* globalize(Napi::Value object) {
  Address* const slot = reinterpret_cast<Address*>(static_cast<napi_value>(object));
  return kGlobalizeSlot != nullptr ? kGlobalizeSlot(isolate(), slot) : kGlobalizeObject(isolate(), *slot);
}

}  // namespace

void WeakObjects::set(Napi::Env env, std::uint32_t place, Napi::Value object) {
  if (place >= references_.size()) references_.resize(place + 1, nullptr);
  void*& reference = references_[place];
  if (kHasV8) {
    reference = globalize(object);
    v8::api_internal::MakeWeak(reinterpret_cast<Address**>(&reference));
    return;
  }
  napi_ref made = nullptr;
  check(env, napi_create_reference(env, object, 0, &made));
  reference = made;
}

Napi::Value WeakObjects::get(Napi::Env env, std::uint32_t place) const {
  void* const reference = references_[place];
  if (kHasV8) {
    const auto* handle = static_cast<const Address*>(reference);
    if (handle == nullptr) return {};
    return {env, reinterpret_cast<napi_value>(v8::HandleScope::CreateHandle(isolate(), *handle))};
  }
  napi_value object = nullptr;
  check(env, napi_get_reference_value(env, static_cast<napi_ref>(reference), &object));
  return {env, object};
}

bool WeakObjects::is_collected(Napi::Env env, std::uint32_t place) const {
  return kHasV8 ? references_[place] == nullptr : get(env, place).IsEmpty();
}

void WeakObjects::clear(Napi::Env env, std::uint32_t place) {
  void* const reference = std::exchange(references_[place], nullptr);
  if (reference == nullptr) return;
  if (kHasV8) {
    v8::api_internal::DisposeGlobal(static_cast<Address*>(reference));
  } else {
    napi_delete_reference(env, static_cast<napi_ref>(reference));
  }
}

}  // namespace tsorch
