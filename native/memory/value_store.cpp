#include "value_store.h"

#include <utility>

#include "../errors.h"

namespace tsorch {

ValueStore::ValueStore(napi_env env, napi_value owner) : env_(env) {
  napi_value array = nullptr;
  check(env, napi_create_array(env, &array));
  check(env, napi_set_named_property(env, owner, "values", array));
  check(env, napi_create_reference(env, array, 0, &array_));
}

ValueStore::~ValueStore() { napi_delete_reference(env_, array_); }

ValueStore::Slot ValueStore::keep(napi_value value) {
  Slot slot = size_;
  if (free_.empty()) {
    size_++;
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  put(slot, value);
  return slot;
}

napi_value ValueStore::get(Slot slot) const {
  napi_value array = nullptr;
  napi_value value = nullptr;
  check(env_, napi_get_reference_value(env_, array_, &array));
  check(env_, napi_get_element(env_, array, slot, &value));
  return value;
}

void ValueStore::put(Slot slot, napi_value value) {
  napi_value array = nullptr;
  check(env_, napi_get_reference_value(env_, array_, &array));
  check(env_, napi_set_element(env_, array, slot, value));
}

void ValueStore::drop(Slot slot) {
  napi_value array = nullptr;
  napi_value undefined = nullptr;
  napi_get_reference_value(env_, array_, &array);
  if (array == nullptr) return;  // collected with its owner
  napi_get_undefined(env_, &undefined);
  napi_set_element(env_, array, slot, undefined);
  free_.push_back(slot);
}

void ValueStore::drop_later(Slot slot) {
  const std::lock_guard lock(mutex_);
  dropped_.push_back(slot);
}

void ValueStore::drain() {
  std::vector<Slot> slots;
  {
    const std::lock_guard lock(mutex_);
    slots = std::exchange(dropped_, {});
  }
  for (const Slot slot : slots) drop(slot);
}

}  // namespace tsorch
