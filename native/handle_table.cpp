#include "handle_table.h"

#include <c10/util/Exception.h>

namespace tsorch {

namespace {

Handle pack(std::uint32_t index, std::uint32_t generation) { return index + generation * kIndexRange; }

struct Identity {
  const void* operator()(const std::monostate&) const { return nullptr; }
  const void* operator()(const at::Tensor& tensor) const { return tensor.unsafeGetTensorImpl(); }
  const void* operator()(const NodePtr& node) const { return node.get(); }
  const void* operator()(const at::Generator& generator) const { return generator.unsafeGetGeneratorImpl(); }
  const void* operator()(const LentStorage& lent) const { return lent.storage.unsafeGetStorageImpl(); }
  const void* operator()(const EventPtr& event) const { return event.get(); }
  const void* operator()(const PartPtr& part) const { return part.get(); }
};

const void* identity_of(const Resource& resource) { return std::visit(Identity{}, resource); }

/// Whether no slot can have it: that one would hold a second reference.
bool is_unshared(const Resource& resource) {
  const auto* tensor = std::get_if<at::Tensor>(&resource);
  return tensor != nullptr && tensor->use_count() == 1;
}

}  // namespace

HandleTable::Adopted HandleTable::adopt(Resource resource) {
  if (!is_unshared(resource)) {
    if (const auto index = find(resource)) {
      Slot& known = slots_[*index];
      if (known.doomed) pardon(known);
      return {pack(*index, known.generation), true};
    }
  }
  const std::uint32_t index = take_slot();
  Slot& slot = slots_[index];
  slot.place = static_cast<std::uint32_t>(unfound_.size());
  unfound_.push_back(index);
  live_tensors_ += std::holds_alternative<at::Tensor>(resource);
  slot.resource = std::move(resource);
  return {pack(index, slot.generation), false};
}

std::uint32_t HandleTable::take_slot() {
  if (!free_.empty()) {
    const std::uint32_t index = free_.back();
    free_.pop_back();
    return index;
  }
  const auto index = static_cast<std::uint32_t>(slots_.size());
  TORCH_CHECK(index < kIndexRange, "more than ", static_cast<std::int64_t>(kIndexRange), " live native objects");
  slots_.emplace_back();
  return index;
}

std::optional<std::uint32_t> HandleTable::find(const Resource& resource) {
  for (const std::uint32_t index : unfound_) {
    by_identity_.emplace(identity_of(slots_[index].resource), index);
    slots_[index].place = kFound;
  }
  unfound_.clear();
  const auto entry = by_identity_.find(identity_of(resource));
  if (entry == by_identity_.end()) return std::nullopt;
  return entry->second;
}

void HandleTable::forget_identity(Slot& slot) {
  if (slot.place == kFound) {
    by_identity_.erase(identity_of(slot.resource));
    return;
  }
  slots_[unfound_.back()].place = slot.place;
  unfound_[slot.place] = unfound_.back();
  unfound_.pop_back();
  slot.place = kFound;
}

void HandleTable::disposed(const char* what) {
  TORCH_CHECK(false, "this ", what,
              " has been disposed: it cannot be used after dispose() or the end of its tidy() scope");
}

void HandleTable::not_of_type(const char* what) { TORCH_CHECK_TYPE(false, "expected a ", what, " handle"); }

const NodePtr& HandleTable::node(Handle handle) const {
  const auto* node = std::get_if<NodePtr>(&slot(handle, "graph node").resource);
  if (node == nullptr) not_of_type("graph node");
  return *node;
}

at::Generator& HandleTable::generator(Handle handle) {
  auto* generator = const_cast<at::Generator*>(std::get_if<at::Generator>(&slot(handle, "generator").resource));
  if (generator == nullptr) not_of_type("generator");
  return *generator;
}

const EventPtr& HandleTable::event(Handle handle) const {
  const auto* event = std::get_if<EventPtr>(&slot(handle, "event").resource);
  if (event == nullptr) not_of_type("event");
  return *event;
}

const PartPtr& HandleTable::part(Handle handle) const {
  const auto* part = std::get_if<PartPtr>(&slot(handle, "program").resource);
  if (part == nullptr) not_of_type("program");
  return *part;
}

void HandleTable::replace(Handle handle, at::Tensor tensor) {
  slot(handle, "tensor");
  const std::uint32_t index = unpack(handle).index;
  TORCH_CHECK(!find(tensor), "the replacement tensor already has a JavaScript object");
  by_identity_.erase(identity_of(slots_[index].resource));
  by_identity_.emplace(tensor.unsafeGetTensorImpl(), index);
  drop(std::exchange(slots_[index].resource, std::move(tensor)));
}

void HandleTable::fulfil(const at::Tensor& pending, at::Tensor value) {
  const auto index = find(pending);
  if (!index || slots_[*index].doomed) return;
  if (find(value)) value = value.alias();  // an operator gave its argument back, which has its own object
  replace(pack(*index, slots_[*index].generation), std::move(value));
}

bool HandleTable::contains(Handle handle) const {
  const auto [index, generation] = unpack(handle);
  return index < slots_.size() && slots_[index].generation == generation;
}

void HandleTable::release(Napi::Env env, Handle handle) {
  if (contains(handle)) free_slot(env, unpack(handle).index);
}

void HandleTable::free_slot(Napi::Env env, std::uint32_t index) {
  Slot& slot = slots_[index];
  if (slot.doomed) pardon(slot);
  forget_identity(slot);
  forget_wrapper(env, index);
  slot.listed = false;
  if (++slot.generation == kGenerationRange) slot.generation = 1;
  free_.push_back(index);
  live_tensors_ -= std::holds_alternative<at::Tensor>(slot.resource);
  // Dropping a tensor can free a whole graph; the slot must already be consistent by then.
  drop(std::exchange(slot.resource, std::monostate{}));
}

void HandleTable::drop(Resource resource) {
  if (borrowing_ > 0) held_back_.push_back(std::move(resource));
}

void HandleTable::drop_held_back() {
  while (!held_back_.empty()) {
    const Resource last = std::move(held_back_.back());  // to be freed may run JavaScript that releases more
    held_back_.pop_back();
  }
}

void HandleTable::weaken(Napi::Env env, Handle handle, Napi::Value object) {
  if (!contains(handle)) return;
  const std::uint32_t index = unpack(handle).index;
  Slot& slot = slots_[index];
  if (slot.weak) return;
  wrappers_.set(env, index, object);
  slot.weak = true;
  if (!std::exchange(slot.listed, true)) young_.push_back(handle);
}

Napi::Value HandleTable::wrapper(Napi::Env env, Handle handle) {
  const std::uint32_t index = unpack(handle).index;
  if (!slots_[index].weak) return {};
  const Napi::Value object = wrappers_.get(env, index);
  if (object.IsEmpty()) forget_wrapper(env, index);  // collected, but not swept yet: the slot gets a new object
  return object;
}

void HandleTable::forget_wrapper(Napi::Env env, std::uint32_t index) {
  if (std::exchange(slots_[index].weak, false)) wrappers_.clear(env, index);
}

void HandleTable::sweep_list(Napi::Env env, std::vector<Handle>& from, std::vector<Handle>& survivors) {
  const std::vector<Handle> list = std::exchange(from, {});
  for (const Handle handle : list) {
    if (!contains(handle)) continue;  // disposed since
    const std::uint32_t index = unpack(handle).index;
    Slot& slot = slots_[index];
    if (!slot.weak) {  // revived: its new object is in the nursery
      slot.listed = false;
      continue;
    }
    if (wrappers_.is_collected(env, index)) {
      doom(handle);
    } else {
      survivors.push_back(handle);
    }
  }
}

void HandleTable::doom(Handle handle) {
  Slot& slot = slots_[unpack(handle).index];
  slot.doomed = true;
  slot.listed = false;
  doomed_count_++;
  live_tensors_ -= std::holds_alternative<at::Tensor>(slot.resource);
  doomed_.push_back(handle);
}

/// The resource was reached again, or is freed on another way: it counts as live until that is done.
void HandleTable::pardon(Slot& slot) {
  slot.doomed = false;
  doomed_count_--;
  live_tensors_ += std::holds_alternative<at::Tensor>(slot.resource);
}

void HandleTable::reap(Napi::Env env, std::size_t most) {
  for (; most > 0 && !doomed_.empty(); most--) {
    const Handle handle = doomed_.back();
    doomed_.pop_back();
    const std::uint32_t index = unpack(handle).index;
    if (contains(handle) && slots_[index].doomed) free_slot(env, index);
  }
}

void HandleTable::sweep(Napi::Env env, bool everything) {
  reap(env, SIZE_MAX);  // what calls left over of the last one
  if (everything) {
    std::vector<Handle> survivors;
    sweep_list(env, old_, survivors);
    old_ = std::move(survivors);
  }
  sweep_list(env, middle_, old_);
  sweep_list(env, young_, middle_);
}

void HandleTable::for_each(Napi::Env env, const std::function<void(const Resource&, Napi::Value)>& visit) {
  for (std::uint32_t index = 0; index < slots_.size(); index++) {
    if (std::holds_alternative<std::monostate>(slots_[index].resource) || slots_[index].doomed) continue;
    Napi::Value object;
    if (slots_[index].weak) {
      object = wrappers_.get(env, index);
      if (object.IsEmpty()) continue;  // collected, the next sweep frees it
    }
    visit(slots_[index].resource, object);
  }
}

void HandleTable::clear(Napi::Env env) {
  for (std::uint32_t index = 0; index < slots_.size(); index++) {
    if (!std::holds_alternative<std::monostate>(slots_[index].resource)) free_slot(env, index);
  }
  young_.clear();
  middle_.clear();
  old_.clear();
  doomed_.clear();
}

}  // namespace tsorch
