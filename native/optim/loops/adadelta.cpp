#include "vectorize.h"

namespace tsorch::optim {

template <typename T>
TSORCH_INLINE void adadelta_loop_body(Memory<T> memory, const AdadeltaRates& rates) {
  const T lr = rates.lr;
  const T rho = rates.rho;
  const T weight = rates.weight;
  const T eps = rates.eps;
  T* param = memory.param;
  T* square_avg = memory.state[0];
  T* acc_delta = memory.state[1];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient(memory, i);
    square_avg[i] = rho * square_avg[i] + weight * grad * grad;
    const T delta = std::sqrt(acc_delta[i] + eps) / std::sqrt(square_avg[i] + eps) * grad;
    acc_delta[i] = rho * acc_delta[i] + weight * delta * delta;
    param[i] -= lr * delta;
  }
}

TSORCH_VECTORIZE(adadelta_loop, AdadeltaRates)

}  // namespace tsorch::optim
