#include "vectorize.h"

namespace tsorch::optim {

template <typename T>
TSORCH_INLINE void radam_loop_body(Memory<T> memory, const RadamRates& rates) {
  const T weight1 = rates.weight1;
  const T beta2 = rates.beta2;
  const T weight2 = rates.weight2;
  const T eps = rates.eps;
  const T decay = rates.decay;
  const T rate = rates.rate;
  const bool adaptive = rates.adaptive;
  T* param = memory.param;
  T* exp_avg = memory.state[0];
  T* exp_avg_sq = memory.state[1];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient(memory, i);
    exp_avg[i] = lerp(exp_avg[i], grad, weight1);
    exp_avg_sq[i] = beta2 * exp_avg_sq[i] + weight2 * grad * grad;
    const T step = rate * exp_avg[i];
    param[i] = decay * param[i] - (adaptive ? step / (std::sqrt(exp_avg_sq[i]) + eps) : step);
  }
}

TSORCH_VECTORIZE(radam_loop, RadamRates)

}  // namespace tsorch::optim
