#include "vectorize.h"

namespace tsorch::optim {

template <typename T>
TSORCH_INLINE void asgd_loop_body(Memory<T> memory, const AsgdRates& rates) {
  const T eta = rates.eta;
  const T mu = rates.mu;
  const T decay = rates.decay;
  T* param = memory.param;
  T* average = memory.state[0];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T moved = decay * param[i] - eta * gradient(memory, i);
    average[i] = mu == 1 ? moved : average[i] + (moved - average[i]) * mu;
    param[i] = moved;
  }
}

TSORCH_VECTORIZE(asgd_loop, AsgdRates)

}  // namespace tsorch::optim
