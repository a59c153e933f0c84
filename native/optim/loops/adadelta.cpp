#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, typename T>
TSORCH_INLINE void adadelta_loop_body(Memory<T> memory, const AdadeltaRates& rates) {
  const T change = -rates.lr;
  const T rho = rates.rho;
  const T weight = rates.weight;
  const T eps = rates.eps;
  T* square_avg = memory.state[0];
  T* acc_delta = memory.state[1];
  in_blocks(memory, [&](std::int64_t begin, std::int64_t count) TSORCH_INLINED {
    T* std = memory.roots.values;
    T* moved = memory.roots.values + count;
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      const T grad = gradient<kFused>(memory, i);
      square_avg[i] = addcmul<kFused>(rho * square_avg[i], grad, grad, weight);
      std[k] = square_avg[i] + eps;
      moved[k] = acc_delta[i] + eps;
    }
    memory.roots.take(2 * count);
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      const T delta = moved[k] / std[k] * gradient<kFused>(memory, i);
      acc_delta[i] = addcmul<kFused>(rho * acc_delta[i], delta, delta, weight);
      memory.param[i] = multiply_add<kFused>(change, delta, memory.param[i]);
    }
  });
}

TSORCH_VECTORIZE(adadelta_loop, AdadeltaRates)

}  // namespace tsorch::optim
