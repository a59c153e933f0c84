#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, typename T>
TSORCH_INLINE void adagrad_loop_body(Memory<T> memory, const AdagradRates& rates) {
  const T change = -rates.lr;
  const T eps = rates.eps;
  T* sum = memory.state[0];
  T* root = memory.roots.values;
  in_blocks(memory, [&](std::int64_t begin, std::int64_t count) TSORCH_INLINED {
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      const T grad = gradient<kFused>(memory, i);
      root[k] = sum[i] = multiply_add<kFused>(grad, grad, sum[i]);
    }
    memory.roots.take(count);
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      memory.param[i] += change * gradient<kFused>(memory, i) / (root[k] + eps);
    }
  });
}

TSORCH_VECTORIZE(adagrad_loop, AdagradRates)

}  // namespace tsorch::optim
