#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, typename T>
TSORCH_INLINE void nadam_loop_body(Memory<T> memory, const NadamRates& rates) {
  const T weight1 = rates.weight1;
  const T beta2 = rates.beta2;
  const T weight2 = rates.weight2;
  const T eps = rates.eps;
  const T decay = rates.decay;
  const T bias2 = rates.bias2;
  const T of_grad = rates.of_grad;
  const T of_average = rates.of_average;
  T* exp_avg = memory.state[0];
  T* exp_avg_sq = memory.state[1];
  T* root = memory.roots.values;
  in_blocks(memory, [&](std::int64_t begin, std::int64_t count) TSORCH_INLINED {
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      const T grad = gradient<kFused>(memory, i);
      exp_avg[i] = lerp<kFused>(exp_avg[i], grad, weight1);
      exp_avg_sq[i] = addcmul<kFused>(beta2 * exp_avg_sq[i], grad, grad, weight2);
      root[k] = exp_avg_sq[i] / bias2;
    }
    memory.roots.take(count);
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      const T denominator = root[k] + eps;
      const T moved = decay * memory.param[i] + of_grad * gradient<kFused>(memory, i) / denominator;
      memory.param[i] = moved + of_average * exp_avg[i] / denominator;
    }
  });
}

TSORCH_VECTORIZE(nadam_loop, NadamRates)

}  // namespace tsorch::optim
