// libtorch's engine with what it asks a language binding for, and with a way for its threads to go on while they wait.
#pragma once

#include <c10/core/Device.h>
#include <torch/csrc/autograd/graph_task.h>

#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace tsorch {

/// A running backward pass, as libtorch knows it.
using Pass = std::shared_ptr<torch::autograd::GraphTask>;

/// What a callback may ask about the pass that called it. libtorch keeps it by thread, and the callback runs on
/// another.
struct PassView {
  static PassView of_this_thread();

  int id;  // -1 outside of a pass
  const std::unordered_map<torch::autograd::Node*, torch::autograd::GraphTask::ExecInfo>* plan;
  const std::unordered_set<torch::autograd::Node*>* nodes;
  bool checkpoint_valid;
};

/// Makes ours the engine of the process; libtorch has one. Calls after the first do nothing.
void install_engine();

/// While it lives, `begun` is told of the passes that this thread begins.
class PassObserver {
 public:
  explicit PassObserver(std::function<void(const Pass&)> begun);
  ~PassObserver();
  PassObserver(const PassObserver&) = delete;
  PassObserver& operator=(const PassObserver&) = delete;

  const std::function<void(const Pass&)> begun;

 private:
  PassObserver* before_;
};

constexpr int kNoDevice = -1;

/// The number of the device whose tasks this thread of the engine's does; kNoDevice on any other thread.
int device_of_this_thread();

/// Does the tasks of this thread's device until a pass is over and a task has arrived since (`wake_device`).
void do_device_tasks(const Pass& pass);

/// A pass of one task for a device: over when the device's thread has done it.
void wake_device(int device);

}  // namespace tsorch
