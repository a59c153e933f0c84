#include "vectorize.h"

namespace tsorch::optim {

template <bool kMomentum, bool kCentered, typename T>
TSORCH_INLINE void rmsprop_elements(Memory<T> memory, const RmspropRates& rates) {
  const T lr = rates.lr;
  const T alpha = rates.alpha;
  const T weight = rates.weight;
  const T eps = rates.eps;
  const T momentum = rates.momentum;
  T* param = memory.param;
  T* square_avg = memory.state[0];
  T* buffer = memory.state[1];
  T* grad_avg = memory.state[2];
  TSORCH_INDEPENDENT
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient(memory, i);
    T square = alpha * square_avg[i] + weight * grad * grad;
    square_avg[i] = square;
    if constexpr (kCentered) {
      const T mean = lerp(grad_avg[i], grad, weight);
      grad_avg[i] = mean;
      square -= mean * mean;
    }
    T step = grad / (std::sqrt(square) + eps);
    if constexpr (kMomentum) {
      step = momentum * buffer[i] + step;
      buffer[i] = step;
    }
    param[i] -= lr * step;
  }
}

template <typename T>
TSORCH_INLINE void rmsprop_loop_body(const Memory<T>& memory, const RmspropRates& rates) {
  const bool momentum = memory.state[1] != nullptr;
  const bool centered = memory.state[2] != nullptr;
  if (momentum && centered) return rmsprop_elements<true, true>(memory, rates);
  if (momentum) return rmsprop_elements<true, false>(memory, rates);
  if (centered) return rmsprop_elements<false, true>(memory, rates);
  rmsprop_elements<false, false>(memory, rates);
}

TSORCH_VECTORIZE(rmsprop_loop, RmspropRates)

}  // namespace tsorch::optim
