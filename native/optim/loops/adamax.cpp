#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, typename T>
TSORCH_INLINE void adamax_loop_body(Memory<T> memory, const AdamaxRates& rates) {
  const T change = -rates.lr;
  const T weight1 = rates.weight1;
  const T beta2 = rates.beta2;
  const T eps = rates.eps;
  T* param = memory.param;
  T* exp_avg = memory.state[0];
  T* exp_inf = memory.state[1];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient<kFused>(memory, i);
    exp_avg[i] = lerp<kFused>(exp_avg[i], grad, weight1);
    exp_inf[i] = maximum(beta2 * exp_inf[i], std::abs(grad) + eps);
    param[i] += change * exp_avg[i] / exp_inf[i];
  }
}

TSORCH_VECTORIZE(adamax_loop, AdamaxRates)

}  // namespace tsorch::optim
