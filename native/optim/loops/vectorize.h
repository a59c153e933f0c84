// What the loops share, and how one of them is compiled for several widths of vector registers.
#pragma once

#include <cmath>

#include "loops.h"

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
/// The version for this machine is chosen when the library is loaded.
#define TSORCH_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TSORCH_CLONES
#endif

#if defined(__GNUC__)
#define TSORCH_INLINE inline __attribute__((always_inline))
#else
#define TSORCH_INLINE inline
#endif

/// Goes before a loop whose rounds do not depend on each other, which the compiler cannot know of pointers.
#if defined(__clang__)
#define TSORCH_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define TSORCH_INDEPENDENT _Pragma("GCC ivdep")
#else
#define TSORCH_INDEPENDENT
#endif

/// Defines a loop for both types from its body, a template of the same name with `_body`.
#define TSORCH_VECTORIZE(name, Rates)                                                                      \
  TSORCH_CLONES void name(const Memory<float>& memory, const Rates& rates) { name##_body(memory, rates); } \
  TSORCH_CLONES void name(const Memory<double>& memory, const Rates& rates) { name##_body(memory, rates); }

namespace tsorch::optim {

/// The gradient of an element with its sign and L2 penalty.
template <typename T>
TSORCH_INLINE T gradient(const Memory<T>& memory, std::int64_t i) {
  const T grad = memory.sign * memory.grad[i];
  return memory.weight_decay == 0 ? grad : grad + memory.weight_decay * memory.param[i];
}

/// a + weight * (b - a), rounded as at::lerp does.
template <typename T>
TSORCH_INLINE T lerp(T a, T b, T weight) {
  return weight < T(0.5) ? a + weight * (b - a) : b - (b - a) * (T(1) - weight);
}

/// The larger one; NaN where either is, as in at::maximum.
template <typename T>
TSORCH_INLINE T maximum(T a, T b) {
  return a > b || a != a ? a : b;
}

}  // namespace tsorch::optim
