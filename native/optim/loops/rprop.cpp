#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, typename T>
TSORCH_INLINE void rprop_loop_body(Memory<T> memory, const RpropRates& rates) {
  const T shrink = rates.shrink;
  const T grow = rates.grow;
  const T smallest = rates.smallest;
  const T largest = rates.largest;
  T* param = memory.param;
  T* prev = memory.state[0];
  T* step_size = memory.state[1];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient<kFused>(memory, i);
    const T agreement = grad * prev[i];
    const T factor = agreement > 0 ? grow : agreement < 0 ? shrink : T(1);
    T size = step_size[i] * factor;
    size = size < smallest ? smallest : size > largest ? largest : size;
    const T used = agreement < 0 ? T(0) : grad;  // the step went too far: stay here once
    const T direction = used > 0 ? T(1) : used < 0 ? T(-1) : T(0);
    param[i] -= direction * size;
    prev[i] = used;
    step_size[i] = size;
  }
}

TSORCH_VECTORIZE(rprop_loop, RpropRates)

}  // namespace tsorch::optim
