#include "vectorize.h"

namespace tsorch::optim {

template <typename T>
TSORCH_INLINE void sgd_loop_body(Memory<T> memory, const SgdRates& rates) {
  const T lr = rates.lr;
  T* param = memory.param;
  T* buffer = memory.state[0];
  if (buffer == nullptr) {
    TSORCH_INDEPENDENT
    for (std::int64_t i = 0; i < memory.count; i++) param[i] -= lr * gradient(memory, i);
    return;
  }
  const T momentum = rates.momentum;
  const T undampened = rates.undampened;
  const bool first = rates.first;
  const bool nesterov = rates.nesterov;
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient(memory, i);
    const T moved = first ? grad : momentum * buffer[i] + undampened * grad;
    buffer[i] = moved;
    param[i] -= lr * (nesterov ? grad + momentum * moved : moved);
  }
}

TSORCH_VECTORIZE(sgd_loop, SgdRates)

}  // namespace tsorch::optim
