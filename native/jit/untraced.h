// What runs without being traced.
#pragma once

#include <torch/csrc/jit/frontend/tracer.h>

#include <functional>

namespace tsorch {

/// Suspends tracing for its lifetime.
class Untraced {
 public:
  Untraced() {
    if (torch::jit::tracer::isTracing()) resume_ = torch::jit::tracer::pauseTracing();
  }
  ~Untraced() {
    if (resume_) resume_();
  }
  Untraced(const Untraced&) = delete;
  Untraced& operator=(const Untraced&) = delete;

 private:
  std::function<void()> resume_;
};

}  // namespace tsorch
