#include "hook_table.h"

#include <algorithm>

#include "js_value.h"

namespace tsorch {

std::int64_t HookTable::add(const Hook& hook) {
  if (hooks_.size() >= prune_at_) {
    std::erase_if(hooks_, [](const auto& entry) { return entry.second.expired(); });
    prune_at_ = std::max<std::size_t>(64, 2 * hooks_.size());
  }
  hooks_.emplace(next_, hook);
  return next_++;
}

void HookTable::remove(std::int64_t id) {
  const auto entry = hooks_.find(id);
  if (entry == hooks_.end()) return;
  if (const Hook hook = entry->second.lock()) hook->reset();
  hooks_.erase(entry);
}

}  // namespace tsorch
