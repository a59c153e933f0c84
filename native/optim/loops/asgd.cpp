#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, typename T>
TSORCH_INLINE void asgd_loop_body(Memory<T> memory, const AsgdRates& rates) {
  const T change = -rates.eta;
  const T mu = rates.mu;
  const T decay = rates.decay;
  const bool averages = rates.mu != 1;
  T* param = memory.param;
  T* average = memory.state[0];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T moved = multiply_add<kFused>(change, gradient<kFused>(memory, i), decay * param[i]);
    average[i] = averages ? average[i] + (moved - average[i]) * mu : moved;
    param[i] = moved;
  }
}

TSORCH_VECTORIZE(asgd_loop, AsgdRates)

}  // namespace tsorch::optim
