#include "hook_table.h"

#include <algorithm>

#include "js_value.h"

namespace tsorch {

void HookList::add(const Hook& hook) {
  const std::lock_guard lock(mutex_);
  hooks_.push_back(hook);
}

void HookList::remove(const Hook& hook) {
  const std::lock_guard lock(mutex_);
  std::erase(hooks_, hook);
}

std::vector<Hook> HookList::snapshot() const {
  const std::lock_guard lock(mutex_);
  return hooks_;
}

std::int64_t HookTable::add(const Hooks& list, const Hook& hook) {
  if (hooks_.size() >= prune_at_) {
    std::erase_if(hooks_, [](const auto& entry) { return entry.second.hook.expired(); });
    prune_at_ = std::max<std::size_t>(64, 2 * hooks_.size());
  }
  list->add(hook);
  hooks_.emplace(next_, Entry{list, hook});
  return next_++;
}

void HookTable::remove(std::int64_t id) {
  const auto entry = hooks_.find(id);
  if (entry == hooks_.end()) return;
  const Hooks list = entry->second.list.lock();
  const Hook hook = entry->second.hook.lock();
  hooks_.erase(entry);
  if (list && hook) list->remove(hook);
}

}  // namespace tsorch
