#include "backward.h"

#include <ATen/Context.h>
#include <c10/util/ScopeExit.h>

#include "../warnings.h"
#include "saved_hooks.h"

namespace tsorch {

namespace {

/// libtorch moves a pass nested deeper than 60 to a thread of its own.
constexpr std::size_t kDeepest = 50;

bool has_accelerator() { return at::getAccelerator().has_value(); }

/// Without a JavaScript value in any graph there is nothing that another thread could call.
bool must_lend(const Environment& environment) {
  const JsThread& thread = *environment.thread;
  return environment.lend_passes || thread.is_serving() || environment.passes >= kDeepest ||
         (thread.values > 0 && has_accelerator());
}

/// Lends a pass; its warnings come back.
void lend(Environment& environment, const Work& pass) {
  std::vector<std::string> warnings;
  const auto deliver = c10::make_scope_exit(
      [&] { environment.warnings.insert(environment.warnings.end(), warnings.begin(), warnings.end()); });
  environment.thread->lend([&] {
    WarningCollector collector(warnings);
    const c10::WarningUtils::WarningHandlerGuard warning_guard(&collector);
    pass();
  });
}

class Depth {
 public:
  explicit Depth(std::size_t& depth) : depth_(depth) { depth_++; }
  ~Depth() { depth_--; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  std::size_t& depth_;
};

}  // namespace

void run_pass(Environment& environment, const Work& pass) {
  const Depth depth(environment.passes);
  const SavedHooksGuard hooks;
  if (must_lend(environment)) {
    lend(environment, pass);
  } else {
    pass();
  }
}

}  // namespace tsorch
