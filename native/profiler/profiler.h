// A profile under way: libtorch's kineto collects on the thread that started it, and on threads that work for it.
//
// Ownership: the Environment holds the Profiler from `prepare` to `stop`; its results are a part of JavaScript's.
// Kineto has one session a process, so one thread profiles at a time.
#pragma once

#include <ATen/record_function.h>
#include <torch/csrc/autograd/profiler_kineto.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "../handle_table.h"
#include "stack_tracer.h"

namespace tsorch {

class Environment;

/// What a profile collected.
class Profile final : public Part {
 public:
  explicit Profile(std::unique_ptr<torch::autograd::profiler::ProfilerResult> result) : result_(std::move(result)) {}
  torch::autograd::profiler::ProfilerResult& result() { return *result_; }

 private:
  std::unique_ptr<torch::autograd::profiler::ProfilerResult> result_;
};

class Profiler {
 public:
  using Config = torch::profiler::impl::ProfilerConfig;
  using Activities = std::set<torch::profiler::impl::ActivityType>;
  using Filter = torch::autograd::profiler::ActivityFilter;

  /// Takes the process's session and warms kineto up.
  /// @throws when another profile has the session
  Profiler(const Config& config, Activities activities, const Filter& filter);
  ~Profiler();
  Profiler(const Profiler&) = delete;
  Profiler& operator=(const Profiler&) = delete;

  /// Starts to collect; `tracer`, if any, is asked for the frames of JavaScript.
  void start(const Config& config, std::shared_ptr<StackTracer> tracer);
  bool is_collecting() const { return collecting_; }
  std::unique_ptr<torch::autograd::profiler::ProfilerResult> stop();
  void toggle(bool enable, const Activities& activities);

  const std::shared_ptr<StackTracer>& tracer() const { return tracer_; }

  /// Ranges that are open, by their numbers.
  std::size_t open_range(const std::string& name, const std::optional<std::string>& args);
  void close_range(std::size_t number) { ranges_.erase(number); }

 private:
  Activities activities_;
  bool counts_memory_ = false;
  bool collecting_ = false;
  std::shared_ptr<StackTracer> tracer_;
  std::unordered_map<std::size_t, std::unique_ptr<at::RecordFunction>> ranges_;
  std::size_t next_range_ = 0;
};

}  // namespace tsorch
