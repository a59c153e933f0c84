// Ownership of native objects.
//
// JavaScript never holds a pointer. It holds a handle: an index into this table and the generation of the slot, packed
// into one double. Reading a handle costs a few nanoseconds, and a stale or forged one is an error instead of a crash.
//
// 1. A slot owns one reference to its resource; releasing the slot drops exactly that reference.
// 2. A resource has at most one slot, so that it has at most one JavaScript object (`p.grad === p.grad`).
// 3. `wrappers_` has a weak reference to that object, once the slot is `weak`: while the object sits in the nursery,
//    that holds it strongly.
// 4. Only the thread of the environment touches the table.
// 5. A direct call (operators/direct.cpp) borrows tensors instead of counting a reference. What JavaScript that runs
//    inside it releases is dropped when the call returns.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <c10/core/Event.h>
#include <c10/core/Storage.h>
#include <c10/util/flat_hash_map.h>
#include <napi.h>
#include <torch/csrc/autograd/edge.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "memory/weak_objects.h"

namespace tsorch {

/// A std::shared_ptr or a c10::intrusive_ptr, by libtorch's version.
using NodePtr = decltype(torch::autograd::Edge::function);

/// Memory lent to a JavaScript ArrayBuffer: the tensor's storage must outlive the buffer.
struct LentStorage {
  c10::Storage storage;
};

using EventPtr = std::shared_ptr<c10::Event>;

/// The base of native objects that only their own subject knows: programs, packages.
struct Part {
  virtual ~Part() = default;
};
using PartPtr = std::shared_ptr<Part>;

using Resource = std::variant<std::monostate, at::Tensor, NodePtr, at::Generator, LentStorage, EventPtr, PartPtr>;

/// Index and generation of a slot in the 53 bits that a double holds exactly: 26 and 27 of them.
using Handle = double;
constexpr double kIndexRange = 1 << 26;
constexpr std::uint32_t kGenerationRange = 1 << 27;

struct UnpackedHandle {
  std::uint32_t index;
  std::uint32_t generation;
};

/// A forged handle (negative, fractional, NaN, too large) maps to generation 0, which no slot has.
inline UnpackedHandle unpack(Handle handle) {
  if (!(handle >= 0 && handle < kIndexRange * kGenerationRange)) return {0, 0};
  const auto bits = static_cast<std::uint64_t>(handle);
  return {static_cast<std::uint32_t>(bits & ((1 << 26) - 1)), static_cast<std::uint32_t>(bits >> 26)};
}

class HandleTable {
 public:
  /// The slot of a resource: `known` tells whether it had one before.
  struct Adopted {
    Handle handle;
    bool known;
  };

  Adopted adopt(Resource resource);

  const at::Tensor& tensor(Handle handle) const {
    const auto* tensor = std::get_if<at::Tensor>(&slot(handle, "tensor").resource);
    if (tensor == nullptr) [[unlikely]]
      not_of_type("tensor");
    return *tensor;
  }
  const NodePtr& node(Handle handle) const;
  at::Generator& generator(Handle handle);
  const EventPtr& event(Handle handle) const;
  const PartPtr& part(Handle handle) const;

  /// Replaces the tensor behind a handle, keeping its JavaScript object. Used by `x.data = y` and module conversion.
  void replace(Handle handle, at::Tensor tensor);

  /// The computed tensor takes the place of the one that stood for it, if that has a slot.
  void fulfil(const at::Tensor& pending, at::Tensor value);

  /// Frees the slot. A stale handle is ignored: releasing twice is harmless.
  void release(Napi::Env env, Handle handle);
  bool contains(Handle handle) const;

  /// Around a call that borrows.
  class Borrowing {
   public:
    explicit Borrowing(HandleTable& table) : table_(table) { table_.borrowing_++; }
    ~Borrowing() {
      if (--table_.borrowing_ == 0 && !table_.held_back_.empty()) [[unlikely]]
        table_.drop_held_back();
    }
    Borrowing(const Borrowing&) = delete;
    Borrowing& operator=(const Borrowing&) = delete;

   private:
    HandleTable& table_;
  };

  /// Gives a slot its weak reference; called when its object leaves the nursery. Stale handles are ignored.
  void weaken(Napi::Env env, Handle handle, Napi::Value object);

  /// The JavaScript object of a handle; empty while it is in the nursery or when it has been collected.
  Napi::Value wrapper(Napi::Env env, Handle handle);

  /// Finds the slots whose objects were collected. `everything` also visits those that survived two sweeps. They are
  /// freed by `reap`, one with each call: malloc then hands out what was freed just before (docs/performance.md).
  void sweep(Napi::Env env, bool everything);
  void reap(Napi::Env env, std::size_t most);

  /// Visits every resource with its object, empty while that is in the nursery.
  void for_each(Napi::Env env, const std::function<void(const Resource&, Napi::Value)>& visit);

  /// Frees everything; the environment is going away.
  void clear(Napi::Env env);

  std::size_t live_tensors() const { return live_tensors_; }
  std::size_t live() const { return slots_.size() - free_.size() - doomed_count_; }

 private:
  static constexpr std::uint32_t kFound = UINT32_MAX;

  struct Slot {
    Resource resource;
    std::uint32_t generation = 1;
    std::uint32_t place = kFound;  // in unfound_; kFound when by_identity_ has it
    bool weak = false;             // its object is in wrappers_, not in the nursery
    bool listed = false;           // has an entry in young_, middle_ or old_
    bool doomed = false;           // collected, waits in doomed_
  };

  const Slot& slot(Handle handle, const char* what) const {
    const auto [index, generation] = unpack(handle);
    if (index >= slots_.size() || slots_[index].generation != generation) [[unlikely]]
      disposed(what);
    return slots_[index];
  }
  [[noreturn]] static void disposed(const char* what);
  [[noreturn]] static void not_of_type(const char* what);
  void free_slot(Napi::Env env, std::uint32_t index);
  std::uint32_t take_slot();
  /// The slot that a resource has already.
  std::optional<std::uint32_t> find(const Resource& resource);
  void forget_identity(Slot& slot);
  void forget_wrapper(Napi::Env env, std::uint32_t index);
  void drop(Resource resource);
  void drop_held_back();
  void doom(Handle handle);
  void pardon(Slot& slot);
  void sweep_list(Napi::Env env, std::vector<Handle>& from, std::vector<Handle>& survivors);

  std::vector<Slot> slots_;
  WeakObjects wrappers_;
  std::vector<std::uint32_t> free_;
  /// Where each resource is, but for those in `unfound_`: most die before anybody looks for them.
  ska::flat_hash_map<const void*, std::uint32_t> by_identity_;
  std::vector<std::uint32_t> unfound_;
  // Weak references, as V8's generations: what survives two collections is found by full ones only.
  std::vector<Handle> young_;   // not yet visited by a sweep
  std::vector<Handle> middle_;  // survived one
  std::vector<Handle> old_;     // survived two
  std::vector<Handle> doomed_;  // found by a sweep, not yet freed
  std::size_t doomed_count_ = 0;
  std::size_t live_tensors_ = 0;
  std::size_t borrowing_ = 0;
  std::vector<Resource> held_back_;
};

}  // namespace tsorch
