#include "js_engine.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/functions/basic_ops.h>
#include <torch/csrc/autograd/input_buffer.h>

#include <mutex>
#include <utility>

#include "anomaly.h"
#include "node.h"
#include "saved_hooks.h"

namespace tsorch {

namespace {

thread_local int own_device = kNoDevice;
thread_local PassObserver* observer = nullptr;

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

  void thread_init(int device, const std::shared_ptr<torch::autograd::ReadyQueue>& queue, bool increment) override {
    own_device = device;
    Engine::thread_init(device, queue, increment);
  }

  c10::intrusive_ptr<at::ivalue::Future> execute_with_graph_task(const Pass& pass, NodePtr root,
                                                                 torch::autograd::InputBuffer&& input) override {
    if (observer != nullptr) observer->begun(pass);
    return Engine::execute_with_graph_task(pass, std::move(root), std::move(input));
  }

  void do_tasks(const Pass& pass) { thread_main(pass); }

 private:
  Engine& before_;  // of another copy of the addon, or libtorch's own
};

JsEngine& engine() {
  static JsEngine instance(torch::autograd::Engine::get_default_engine());
  return instance;
}

}  // namespace

PassView PassView::of_this_thread() {
  return {torch::autograd::get_current_graph_task_id(), torch::autograd::get_current_graph_task_exec_info(),
          torch::autograd::get_current_graph_task_nodes_in_graph(),
          torch::autograd::Engine::get_default_engine().is_checkpoint_valid()};
}

void install_engine() {
  static std::once_flag once;
  std::call_once(once, [] {
    engine();  // asks for the engine of before, so it must exist first
    torch::autograd::set_default_engine_stub([]() -> torch::autograd::Engine& { return engine(); });
  });
}

PassObserver::PassObserver(std::function<void(const Pass&)> begun)
    : begun(std::move(begun)), before_(std::exchange(observer, this)) {}

PassObserver::~PassObserver() { observer = before_; }

int device_of_this_thread() { return own_device; }

void do_device_tasks(const Pass& pass) { engine().do_tasks(pass); }

void wake_device(int device) {
  const c10::DeviceType type = at::getAccelerator(true).value();
  const at::Tensor empty = at::empty({0}, at::TensorOptions(c10::Device(type, static_cast<c10::DeviceIndex>(device))));
  const NodePtr node = new_node<torch::autograd::Identity>();
  node->add_input_metadata(empty);
  engine().execute({{node, 0}}, {empty}, false, false, true);
}

}  // namespace tsorch
