// Sizes that a trace records: a view of other inputs then has theirs, where a number would stay that of the trace.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include <initializer_list>
#include <vector>

namespace tsorch {

struct TracedSize {
  // NOLINTNEXTLINE(google-explicit-constructor): numbers are sizes
  TracedSize(std::int64_t number, at::Tensor recorded = {}) : number(number), recorded(std::move(recorded)) {}
  std::int64_t number;
  at::Tensor recorded;  // undefined outside of a trace, and for a constant
};

inline TracedSize size_of(const at::Tensor& x, std::int64_t dim) {
  const std::int64_t place = dim < 0 ? dim + x.dim() : dim;
  if (!torch::jit::tracer::isTracing()) return x.size(place);
  return {x.size(place), torch::jit::tracer::getSizeOf(x, place)};
}

inline TracedSize operator*(const TracedSize& a, const TracedSize& b) {
  const at::Tensor& recorded = a.recorded.defined() ? a.recorded : b.recorded;
  if (!recorded.defined()) return a.number * b.number;
  const TracedSize& other = a.recorded.defined() ? b : a;
  return {a.number * b.number,
          other.recorded.defined() ? at::mul(recorded, other.recorded) : at::mul(recorded, c10::Scalar(other.number))};
}

/// `x.view(sizes)`
inline at::Tensor view(const at::Tensor& x, std::initializer_list<TracedSize> sizes) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(sizes.size());
  for (const TracedSize& size : sizes) {
    if (size.recorded.defined()) {
      torch::jit::tracer::ArgumentStash::stashIntArrayRefElem("size", sizes.size(), numbers.size(), size.recorded);
    }
    numbers.push_back(size.number);
  }
  return x.view(numbers);
}

}  // namespace tsorch
