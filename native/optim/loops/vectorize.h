// What the loops share, and how one of them is compiled for several sets of instructions.
#pragma once

#include <algorithm>
#include <cmath>

#include "loops.h"

#if defined(__GNUC__)
#define TSORCH_INLINE inline __attribute__((always_inline))
#define TSORCH_INLINED __attribute__((always_inline))  // of a lambda
#else
#define TSORCH_INLINE inline
#define TSORCH_INLINED
#endif

/// Goes before a loop whose rounds do not depend on each other, which the compiler cannot know of pointers.
#if defined(__clang__)
#define TSORCH_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define TSORCH_INDEPENDENT _Pragma("GCC ivdep")
#else
#define TSORCH_INDEPENDENT
#endif

// The body of a loop is a template of its name with `_body`, whose first argument says whether multiplication and
// addition are one instruction.
#if defined(__x86_64__) && defined(__GNUC__)
#define TSORCH_FOR(T, name, Rates)                                                                            \
  __attribute__((target("avx512f,avx512dq,avx512vl,fma"))) static void name##_avx512(const Memory<T>& memory, \
                                                                                     const Rates& rates) {    \
    name##_body<true>(memory, rates);                                                                         \
  }                                                                                                           \
  __attribute__((target("avx2,fma"))) static void name##_avx2(const Memory<T>& memory, const Rates& rates) {  \
    name##_body<true>(memory, rates);                                                                         \
  }                                                                                                           \
  void name(const Memory<T>& memory, const Rates& rates) {                                                    \
    if (memory.instructions == Instructions::kAvx512) return name##_avx512(memory, rates);                    \
    if (memory.instructions == Instructions::kAvx2) return name##_avx2(memory, rates);                        \
    name##_body<false>(memory, rates);                                                                        \
  }
#elif defined(__x86_64__) || defined(_M_X64)
#define TSORCH_FOR(T, name, Rates)                                                               \
  void name(const Memory<T>& memory, const Rates& rates) {                                       \
    if (memory.instructions == Instructions::kDefault) return name##_body<false>(memory, rates); \
    name##_body<true>(memory, rates);                                                            \
  }
#else  // other processors always have the fused instruction
#define TSORCH_FOR(T, name, Rates) \
  void name(const Memory<T>& memory, const Rates& rates) { name##_body<true>(memory, rates); }
#endif

/// Defines a loop for both types.
#define TSORCH_VECTORIZE(name, Rates) \
  TSORCH_FOR(float, name, Rates)      \
  TSORCH_FOR(double, name, Rates)

namespace tsorch::optim {

/// c + a * b, as libtorch's kernels round it.
template <bool kFused, typename T>
TSORCH_INLINE T multiply_add(T a, T b, T c) {
  if constexpr (kFused) {
    return std::fma(a, b, c);
  } else {
    return a * b + c;
  }
}

/// c + value * a * b, as at::addcmul rounds it.
template <bool kFused, typename T>
TSORCH_INLINE T addcmul(T c, T a, T b, T value) {
  return multiply_add<kFused>(value * a, b, c);
}

/// Calls `update(begin, count)` for each block that the roots have place for.
template <typename T, typename Update>
TSORCH_INLINE void in_blocks(const Memory<T>& memory, Update update) {
  for (std::int64_t begin = 0; begin < memory.count; begin += Roots<T>::kBlock) {
    update(begin, std::min(Roots<T>::kBlock, memory.count - begin));
  }
}

/// The gradient of an element with its sign and L2 penalty.
template <bool kFused, typename T>
TSORCH_INLINE T gradient(const Memory<T>& memory, std::int64_t i) {
  const T grad = memory.sign * memory.grad[i];
  return memory.weight_decay == 0 ? grad : multiply_add<kFused>(memory.weight_decay, memory.param[i], grad);
}

/// a + weight * (b - a), as at::lerp rounds it.
template <bool kFused, typename T>
TSORCH_INLINE T lerp(T a, T b, T weight) {
  const T change = b - a;
  return weight < T(0.5) ? multiply_add<kFused>(weight, change, a) : multiply_add<kFused>(weight - 1, change, b);
}

/// The larger one; NaN where either is, as in at::maximum.
template <typename T>
TSORCH_INLINE T maximum(T a, T b) {
  return a > b || a != a ? a : b;
}

}  // namespace tsorch::optim
