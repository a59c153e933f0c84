// Lets any thread run work on JavaScript's thread.
//
// libtorch runs the backward pass of a device's tensors on threads of its own, and passes nested too deeply on others.
// Hooks and custom functions must run on JavaScript's thread. So a pass that may leave it is lent to another thread,
// and JavaScript's thread serves callbacks until the pass is over. A pass started inside a callback runs on the thread
// that waits for that callback: to libtorch it is then nested, and nothing waits for a thread that is blocked.
//
// JavaScript has one stack. When a second thread's callback runs on top of the first's, the first thread cannot go on
// before the second callback has ended; a pass that this one starts may have tasks for the first thread's device. So a
// device's thread that waits for its callback does the tasks of its device while a pass above that callback runs.
#pragma once

#include <ATen/ThreadLocalState.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "js_engine.h"

namespace tsorch {

class Environment;

using Work = std::function<void()>;

class JsThread {
 public:
  explicit JsThread(Environment& environment) : environment_(&environment) {}
  ~JsThread() { close(); }
  JsThread(const JsThread&) = delete;
  JsThread& operator=(const JsThread&) = delete;

  bool is_current() const { return std::this_thread::get_id() == id_; }
  bool is_open() const { return environment_ != nullptr; }

  /// The environment; an error after its end. JavaScript's thread only.
  Environment& environment() const;

  /// Runs `work` on JavaScript's thread, under the caller's thread-local state, and rethrows what it throws: what
  /// JavaScript threw as PendingException.
  void run(const Work& work);

  /// Runs `work` on another thread and serves `run` meanwhile. JavaScript's thread only.
  void lend(const Work& work);

  /// Whether JavaScript's thread is inside a callback that another thread waits for.
  bool is_serving() const { return !serving_.empty(); }

  /// The pass whose callback JavaScript runs, on whatever thread that is. JavaScript's thread only.
  PassView pass() const { return is_serving() ? serving_.back()->pass : PassView::of_this_thread(); }

  /// The environment is going away.
  void close();

  std::atomic<std::size_t> values = 0;  // JavaScript values that native objects own

 private:
  /// Work on its way to another thread, with the thread-local state it runs under.
  struct Task {
    explicit Task(const Work& work) : work(work) {}
    const Work& work;
    at::ThreadLocalState state;
    std::exception_ptr error;
    bool done = false;
  };

  /// A thread that waits for a callback; it runs `job`, a nested pass, while it waits.
  struct Request {
    explicit Request(const Work& work) : callback(work) {}
    Task callback;
    const PassView pass = PassView::of_this_thread();
    Task* job = nullptr;
    std::size_t below = kWaiting;  // how many passes were lent when the callback began
  };
  static constexpr std::size_t kWaiting = static_cast<std::size_t>(-1);

  /// A pass that was lent, and who does tasks for it beside the thread it was lent to.
  struct Lent {
    Pass pass;                    // null when it is over
    int only_device = kNoDevice;  // which device it has tasks for; kNoDevice for any
    std::vector<int> helpers;     // devices whose threads have begun to do tasks
  };

  using Lock = std::unique_lock<std::mutex>;
  void execute(Task& task, Lock& lock);
  void assign(Task& task);
  void work_until_closed();
  void run_lent(Lent& lent, const Work& work);
  void begin(Lent& lent, const Pass& pass);
  void wake_helpers(Lent& lent);
  bool can_help(const Request& request) const;
  void help(Lock& lock);

  const std::thread::id id_ = std::this_thread::get_id();
  Environment* environment_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Request*> requests_;
  std::vector<Request*> serving_;  // the requests whose callbacks are on JavaScript's stack, innermost last
  std::vector<Lent*> lent_;        // innermost last
  Task* worker_job_ = nullptr;
  std::optional<std::thread> worker_;
  bool closing_ = false;
};

}  // namespace tsorch
