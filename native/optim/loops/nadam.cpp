#include "vectorize.h"

namespace tsorch::optim {

template <typename T>
TSORCH_INLINE void nadam_loop_body(Memory<T> memory, const NadamRates& rates) {
  const T weight1 = rates.weight1;
  const T beta2 = rates.beta2;
  const T weight2 = rates.weight2;
  const T eps = rates.eps;
  const T decay = rates.decay;
  const T bias2 = rates.bias2;
  const T of_grad = rates.of_grad;
  const T of_average = rates.of_average;
  T* param = memory.param;
  T* exp_avg = memory.state[0];
  T* exp_avg_sq = memory.state[1];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient(memory, i);
    exp_avg[i] = lerp(exp_avg[i], grad, weight1);
    exp_avg_sq[i] = beta2 * exp_avg_sq[i] + weight2 * grad * grad;
    const T denominator = std::sqrt(exp_avg_sq[i] / bias2) + eps;
    param[i] = decay * param[i] + of_grad * grad / denominator + of_average * exp_avg[i] / denominator;
  }
}

TSORCH_VECTORIZE(nadam_loop, NadamRates)

}  // namespace tsorch::optim
