#include "value_store.h"

#include <utility>

namespace tsorch {

ValueStore::ValueStore(Napi::Object owner) {
  const Napi::Array array = Napi::Array::New(owner.Env());
  owner.Set("values", array);
  array_ = Napi::Weak(array);
}

ValueStore::Slot ValueStore::keep(Napi::Value value) {
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

Napi::Value ValueStore::get(Slot slot) const { return array_.Value().Get(slot); }

void ValueStore::put(Slot slot, Napi::Value value) { array_.Value().Set(slot, value); }

void ValueStore::drop(Slot slot) {
  const Napi::Array array = array_.Value();
  if (array.IsEmpty()) return;  // collected with its owner
  // An exception may be on its way to JavaScript: the class would take it for this call's own.
  napi_set_element(array.Env(), array, slot, array.Env().Undefined());
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

void ValueStore::close() { array_.Reset(); }

}  // namespace tsorch
