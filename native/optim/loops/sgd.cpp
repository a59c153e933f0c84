#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, typename T>
TSORCH_INLINE void sgd_loop_body(Memory<T> memory, const SgdRates& rates) {
  const T change = -rates.lr;
  T* param = memory.param;
  T* buffer = memory.state[0];
  if (buffer == nullptr) {
    TSORCH_INDEPENDENT
    for (std::int64_t i = 0; i < memory.count; i++) {
      param[i] = multiply_add<kFused>(change, gradient<kFused>(memory, i), param[i]);
    }
    return;
  }
  const T momentum = rates.momentum;
  const T undampened = rates.undampened;
  const bool first = rates.first;
  const bool nesterov = rates.nesterov;
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient<kFused>(memory, i);
    const T moved = first ? grad : multiply_add<kFused>(undampened, grad, momentum * buffer[i]);
    buffer[i] = moved;
    const T direction = nesterov ? multiply_add<kFused>(momentum, moved, grad) : moved;
    param[i] = multiply_add<kFused>(change, direction, param[i]);
  }
}

TSORCH_VECTORIZE(sgd_loop, SgdRates)

}  // namespace tsorch::optim
