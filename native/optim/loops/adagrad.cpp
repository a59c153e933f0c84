#include "vectorize.h"

namespace tsorch::optim {

template <typename T>
TSORCH_INLINE void adagrad_loop_body(Memory<T> memory, const AdagradRates& rates) {
  const T lr = rates.lr;
  const T eps = rates.eps;
  T* param = memory.param;
  T* sum = memory.state[0];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient(memory, i);
    sum[i] += grad * grad;
    param[i] -= lr * grad / (std::sqrt(sum[i]) + eps);
  }
}

TSORCH_VECTORIZE(adagrad_loop, AdagradRates)

}  // namespace tsorch::optim
