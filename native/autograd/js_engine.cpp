#include "js_engine.h"

#include <torch/csrc/autograd/engine.h>

#include <mutex>

#include "anomaly.h"
#include "saved_hooks.h"

namespace tsorch {

namespace {

class JsEngine final : public torch::autograd::Engine {
 public:
  explicit JsEngine(Engine& before) : before_(before) {}
  ~JsEngine() override { stop(); }

  std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() override {
    return std::make_unique<TraceMetadata>();
  }

  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    auto hooks = make_saved_variable_hooks();
    return hooks == nullptr ? before_.get_default_saved_variable_hooks() : std::move(hooks);
  }

 private:
  Engine& before_;  // of another copy of the addon, or libtorch's own
};

torch::autograd::Engine& engine() {
  static JsEngine instance(torch::autograd::Engine::get_default_engine());
  return instance;
}

}  // namespace

void install_engine() {
  static std::once_flag once;
  std::call_once(once, [] {
    engine();  // asks for the engine of before, so it must exist first
    torch::autograd::set_default_engine_stub(engine);
  });
}

}  // namespace tsorch
