#include "vectorize.h"

namespace tsorch::optim {

template <bool kFused, bool kMomentum, bool kCentered, typename T>
TSORCH_INLINE void rmsprop_elements(Memory<T> memory, const RmspropRates& rates) {
  const T change = -rates.lr;
  const T alpha = rates.alpha;
  const T weight = rates.weight;
  const T eps = rates.eps;
  const T momentum = rates.momentum;
  T* square_avg = memory.state[0];
  T* buffer = memory.state[1];
  T* grad_avg = memory.state[2];
  T* root = memory.roots.values;
  in_blocks(memory, [&](std::int64_t begin, std::int64_t count) TSORCH_INLINED {
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      const T grad = gradient<kFused>(memory, i);
      T square = addcmul<kFused>(alpha * square_avg[i], grad, grad, weight);
      square_avg[i] = square;
      if constexpr (kCentered) {
        const T mean = lerp<kFused>(grad_avg[i], grad, weight);
        grad_avg[i] = mean;
        square = multiply_add<kFused>(-mean, mean, square);
      }
      root[k] = square;
    }
    memory.roots.take(count);
    TSORCH_INDEPENDENT
    for (std::int64_t k = 0; k < count; k++) {
      const std::int64_t i = begin + k;
      const T grad = gradient<kFused>(memory, i);
      const T denominator = root[k] + eps;
      if constexpr (kMomentum) {
        buffer[i] = momentum * buffer[i] + grad / denominator;
        memory.param[i] = multiply_add<kFused>(change, buffer[i], memory.param[i]);
      } else {
        memory.param[i] += change * grad / denominator;
      }
    }
  });
}

template <bool kFused, typename T>
TSORCH_INLINE void rmsprop_loop_body(const Memory<T>& memory, const RmspropRates& rates) {
  const bool momentum = memory.state[1] != nullptr;
  const bool centered = memory.state[2] != nullptr;
  if (momentum && centered) return rmsprop_elements<kFused, true, true>(memory, rates);
  if (momentum) return rmsprop_elements<kFused, true, false>(memory, rates);
  if (centered) return rmsprop_elements<kFused, false, true>(memory, rates);
  rmsprop_elements<kFused, false, false>(memory, rates);
}

TSORCH_VECTORIZE(rmsprop_loop, RmspropRates)

}  // namespace tsorch::optim
