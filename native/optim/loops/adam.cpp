#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, bool kAmsgrad, typename T>
TSORCH_INLINE void adam_elements(Memory<T> memory, const AdamRates& rates) {
  const T weight1 = rates.weight1;
  const T beta2 = rates.beta2;
  const T weight2 = rates.weight2;
  const T eps = rates.eps;
  const T decay = rates.decay;
  const T change = -rates.step_size;
  const T denominator = rates.denominator;
  T* exp_avg = memory.state[0];
  T* exp_avg_sq = memory.state[1];
  T* max_exp_avg_sq = memory.state[2];
  T* root = memory.roots.values;
  in_blocks(memory, [&](std::int64_t begin, std::int64_t count) TSORCH_INLINED {
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      const T grad = gradient<kFused>(memory, i);
      exp_avg[i] = lerp<kFused>(exp_avg[i], grad, weight1);
      T square = addcmul<kFused>(beta2 * exp_avg_sq[i], grad, grad, weight2);
      exp_avg_sq[i] = square;
      if constexpr (kAmsgrad) {
        square = maximum(max_exp_avg_sq[i], square);
        max_exp_avg_sq[i] = square;
      }
      root[k] = square;
    }
    memory.roots.take(count);
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      memory.param[i] = decay * memory.param[i] + change * exp_avg[i] / (root[k] / denominator + eps);
    }
  });
}

template <bool kFused, typename T>
TSORCH_INLINE void adam_loop_body(const Memory<T>& memory, const AdamRates& rates) {
  if (memory.state[2] == nullptr) {
    adam_elements<kFused, false>(memory, rates);
  } else {
    adam_elements<kFused, true>(memory, rates);
  }
}

TSORCH_VECTORIZE(adam_loop, AdamRates)

}  // namespace tsorch::optim
