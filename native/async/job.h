// Calls that are written down on JavaScript's thread and run on one of libtorch's inter-op threads.
//
// Ownership: JavaScript holds a Job as a part, the thread that runs it holds another reference. What the job needs of
// the environment (the operators) it shares, so that it may outlive it. When it is over the thread leaves it in the
// environment's Mailbox, which is closed before the environment ends.
#pragma once

#include <ATen/ThreadLocalState.h>
#include <napi.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pending.h"

namespace tsorch {

class Environment;
class FrameWriter;

class Job final : public Part, public std::enable_shared_from_this<Job> {
 public:
  using Call = std::function<void(torch::jit::Stack&)>;

  /// Writes a call down: `call` takes its arguments from a stack and leaves its results there. What stands for result
  /// `i` is a tensor, a value, or nothing (std::monostate) where the result is an argument.
  using Result = std::variant<std::monostate, at::Tensor, std::shared_ptr<PendingValue>>;
  void add(Call call, torch::jit::Stack arguments, std::vector<Result> results);
  /// The same for a call with one result of this type, which is written to `out`: a tensor, or a part for other values.
  void add(FrameWriter& out, Call call, torch::jit::Stack arguments, const c10::Type& type);

  /// A tensor for a result of a call with these arguments.
  at::Tensor pending(const torch::jit::Stack& arguments) const;

  /// Runs what was written down, with this many threads for each operator. On any thread, once.
  void run(int threads);
  void cancel() { cancelled_ = true; }

  /// Puts the computed tensors in the places of those that stood for them, or throws what a call threw.
  void finish(Environment& environment);

 private:
  struct Step {
    Call call;
    torch::jit::Stack stack;
    std::vector<Result> results;
    at::ThreadLocalState state;
  };
  static void run(Step& step);

  std::vector<Step> steps_;
  std::vector<at::Tensor> pending_;
  std::vector<std::string> warnings_;
  std::exception_ptr error_;
  std::atomic<bool> cancelled_ = false;
};

/// Where threads leave jobs that are over. JavaScript's thread is told, and takes them out.
class Mailbox final : public std::enable_shared_from_this<Mailbox> {
 public:
  /// Runs a job; `arrived` is called on JavaScript's thread when jobs are over. It is held while jobs run, no longer.
  void start(Napi::Env env, std::shared_ptr<Job> job, Napi::Function arrived, int threads);
  std::vector<std::shared_ptr<Job>> take(Napi::Env env);

 private:
  /// Rings on JavaScript's thread. The hook takes it down before Node's own end of it, after which no thread may ring.
  struct Doorbell {
    Napi::ThreadSafeFunction function;
    Napi::Env::CleanupHook<void (*)(Mailbox*), Mailbox> hook;
  };
  void deliver(std::shared_ptr<Job> job);
  void close();

  std::mutex mutex_;
  std::vector<std::shared_ptr<Job>> arrived_;
  std::optional<Doorbell> doorbell_;
  std::size_t running_ = 0;
};

}  // namespace tsorch
