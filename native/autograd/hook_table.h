// The hooks of an environment: in lists that what is hooked owns, and by number, so that a handle can remove one
// without owning what it hooks.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace tsorch {

class JsValue;

using Hook = std::shared_ptr<JsValue>;

/// Hooks in the order they run. A pass runs those of a snapshot: what one of them adds waits for the next pass, and
/// what it removes still runs in this one. Passes may be on other threads than JavaScript's, which adds and removes.
class HookList {
 public:
  void add(const Hook& hook);
  void remove(const Hook& hook);
  std::vector<Hook> snapshot() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Hook> hooks_;
};

using Hooks = std::shared_ptr<HookList>;

class HookTable {
 public:
  /// Adds a hook to a list.
  std::int64_t add(const Hooks& list, const Hook& hook);
  /// Takes a hook out of its list. Removing twice does nothing.
  void remove(std::int64_t id);

 private:
  struct Entry {
    std::weak_ptr<HookList> list;
    std::weak_ptr<JsValue> hook;
  };
  std::unordered_map<std::int64_t, Entry> hooks_;
  std::int64_t next_ = 0;
  std::size_t prune_at_ = 64;
};

}  // namespace tsorch
