#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, typename T>
TSORCH_INLINE void radam_loop_body(Memory<T> memory, const RadamRates& rates) {
  const T weight1 = rates.weight1;
  const T beta2 = rates.beta2;
  const T weight2 = rates.weight2;
  const T eps = rates.eps;
  const T decay = rates.decay;
  const T bias1 = rates.bias1;
  const T lr = rates.lr;
  const T bias2_root = rates.bias2_root;
  const T rectification = rates.rectification;
  T* exp_avg = memory.state[0];
  T* exp_avg_sq = memory.state[1];
  T* root = memory.roots.values;
  in_blocks(memory, [&](std::int64_t begin, std::int64_t count) TSORCH_INLINED {
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      const T grad = gradient<kFused>(memory, i);
      exp_avg[i] = lerp<kFused>(exp_avg[i], grad, weight1);
      root[k] = exp_avg_sq[i] = addcmul<kFused>(beta2 * exp_avg_sq[i], grad, grad, weight2);
    }
    if (rates.adaptive) memory.roots.take(count);
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      T step = exp_avg[i] / bias1 * lr;
      if (rates.adaptive) step = step * (1 / (root[k] + eps) * bias2_root) * rectification;
      memory.param[i] = decay * memory.param[i] - step;
    }
  });
}

TSORCH_VECTORIZE(radam_loop, RadamRates)

}  // namespace tsorch::optim
