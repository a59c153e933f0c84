#include "profiler.h"

#include <atomic>

#include "../memory/counting_allocator.h"

namespace tsorch {

namespace {

using namespace torch::autograd::profiler;

/// Who has the session: kineto has one a process.
std::atomic<const Profiler*> session = nullptr;

const std::unordered_set<at::RecordScope> kEveryScope;

}  // namespace

Profiler::Profiler(const Config& config, Activities activities, const Filter& filter)
    : activities_(std::move(activities)), counts_memory_(config.profile_memory) {
  const Profiler* none = nullptr;
  TORCH_CHECK(session.compare_exchange_strong(none, this),
              "a profile is under way already, here or on another thread; a process can have one at a time");
  try {
    prepareProfiler(config, activities_, filter);
  } catch (...) {
    session = nullptr;
    throw;
  }
  if (counts_memory_) report_cpu_memory(true);
}

Profiler::~Profiler() {
  if (counts_memory_) report_cpu_memory(false);
  ranges_.clear();
  if (collecting_) {
    try {
      disableProfiler();
    } catch (const std::exception&) {
      // The thread ends in the middle of a profile, which nobody will look at.
    }
  }
  session = nullptr;
}

void Profiler::start(const Config& config, std::shared_ptr<StackTracer> tracer) {
  tracer_ = std::move(tracer);
  const StackTracer::Scope scope(tracer_);
  enableProfiler(config, activities_, kEveryScope);
  collecting_ = true;
}

std::unique_ptr<ProfilerResult> Profiler::stop() {
  collecting_ = false;
  ranges_.clear();  // a range that ends later would write into what kineto has freed
  return disableProfiler();
}

void Profiler::toggle(bool enable, const Activities& activities) { toggleCollectionDynamic(enable, activities); }

std::size_t Profiler::open_range(const std::string& name, const std::optional<std::string>& args) {
  auto range = std::make_unique<at::RecordFunction>(at::RecordScope::USER_SCOPE);
  if (range->isActive()) {
    if (range->needsInputs() && args.has_value()) {
      const c10::IValue given(*args);
      range->before(name, c10::ArrayRef<const c10::IValue>(&given, 1));
    } else {
      range->before(name);
    }
  }
  ranges_.emplace(next_range_, std::move(range));
  return next_range_++;
}

}  // namespace tsorch
