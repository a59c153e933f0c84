#include "vectorize.h"

namespace tsorch::optim {

template <bool kAmsgrad, typename T>
TSORCH_INLINE void adam_elements(Memory<T> memory, const AdamRates& rates) {
  const T weight1 = rates.weight1;
  const T beta2 = rates.beta2;
  const T weight2 = rates.weight2;
  const T eps = rates.eps;
  const T decay = rates.decay;
  const T step_size = rates.step_size;
  const T denominator = rates.denominator;
  T* param = memory.param;
  T* exp_avg = memory.state[0];
  T* exp_avg_sq = memory.state[1];
  T* max_exp_avg_sq = memory.state[2];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient(memory, i);
    const T mean = lerp(exp_avg[i], grad, weight1);
    T square = beta2 * exp_avg_sq[i] + weight2 * grad * grad;
    exp_avg[i] = mean;
    exp_avg_sq[i] = square;
    if constexpr (kAmsgrad) {
      square = maximum(max_exp_avg_sq[i], square);
      max_exp_avg_sq[i] = square;
    }
    param[i] = decay * param[i] - step_size * mean / (std::sqrt(square) / denominator + eps);
  }
}

template <typename T>
TSORCH_INLINE void adam_loop_body(const Memory<T>& memory, const AdamRates& rates) {
  if (memory.state[2] == nullptr) {
    adam_elements<false>(memory, rates);
  } else {
    adam_elements<true>(memory, rates);
  }
}

TSORCH_VECTORIZE(adam_loop, AdamRates)

}  // namespace tsorch::optim
