// The hooks of an environment by number, so that a handle can remove one without owning what it hooks.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace tsorch {

class JsValue;

using Hook = std::shared_ptr<JsValue>;

class HookTable {
 public:
  std::int64_t add(const Hook& hook);
  /// Empties a hook, wherever libtorch keeps it. Removing twice does nothing.
  void remove(std::int64_t id);

 private:
  std::unordered_map<std::int64_t, std::weak_ptr<JsValue>> hooks_;
  std::int64_t next_ = 0;
  std::size_t prune_at_ = 64;
};

}  // namespace tsorch
