// The arithmetic of the optimizers as loops over raw memory, for float32 and float64 on the CPU. One pass updates the
// parameter and its state, where operators on tensors would go over the memory once each.
//
// A loop rounds as libtorch's kernels do one after the other, so that both give the same bits. These files include
// nothing of libtorch: they compile with flags of their own (CMakeLists.txt), which let the compiler use vector
// instructions, and several times, for the sets of instructions that libtorch's kernels are compiled for.
#pragma once

#include <array>
#include <cstdint>

namespace tsorch::optim {

constexpr std::size_t kMaxSlots = 6;

/// The instructions that libtorch's kernels use. All but the default ones of x86 have multiplication and addition in
/// one, rounded once, which the kernels use wherever they can.
enum class Instructions { kDefault, kAvx2, kAvx512 };

/// Square roots by libtorch, whose roots on x86 are not always the nearest numbers. A loop that needs them goes over
/// its memory in blocks: it fills `values`, has the roots taken, and goes over the block once more.
template <typename T>
struct Roots {
  static constexpr std::int64_t kBlock = 4096;
  T* values;  // of two blocks
  void* owner;
  void (*take_first)(void* owner, std::int64_t count);
  void take(std::int64_t count) const { take_first(owner, count); }
};

/// A parameter, its gradient and its state, all laid out alike. Slots without a tensor are null.
template <typename T>
struct Memory {
  std::int64_t count;
  T* param;
  const T* grad;
  std::array<T*, kMaxSlots> state;
  /// What each gradient is multiplied by, and how much of the parameter is then added: -1 to maximize, the L2 penalty.
  T sign;
  T weight_decay;
  Instructions instructions;
  Roots<T> roots;
};

struct SgdRates {
  double lr, momentum, undampened;
  bool nesterov;
  /// The gradient becomes the buffer as it is.
  bool first;
};
struct AdamRates {
  double weight1, beta2, weight2, eps, decay, step_size, denominator;
};
struct AdagradRates {
  double lr, eps;
};
struct AdadeltaRates {
  double lr, rho, weight, eps;
};
struct AdamaxRates {
  double lr, weight1, beta2, eps;
};
struct AsgdRates {
  double eta, mu, decay;
};
struct NadamRates {
  double weight1, beta2, weight2, eps, decay, bias2, of_grad, of_average;
};
struct RadamRates {
  double weight1, beta2, weight2, eps, decay, bias1, lr, bias2_root, rectification;
  bool adaptive;
};
struct RmspropRates {
  double lr, alpha, weight, eps, momentum;
};
struct RpropRates {
  double shrink, grow, smallest, largest;
};

// Each takes the state slots of its optimizer, in order, without the scalar ones.
#define TSORCH_LOOP(name, Rates)                              \
  void name(const Memory<float>& memory, const Rates& rates); \
  void name(const Memory<double>& memory, const Rates& rates)

TSORCH_LOOP(sgd_loop, SgdRates);            // momentum_buffer or none
TSORCH_LOOP(adam_loop, AdamRates);          // exp_avg, exp_avg_sq, max_exp_avg_sq or none
TSORCH_LOOP(adagrad_loop, AdagradRates);    // sum
TSORCH_LOOP(adadelta_loop, AdadeltaRates);  // square_avg, acc_delta
TSORCH_LOOP(adamax_loop, AdamaxRates);      // exp_avg, exp_inf
TSORCH_LOOP(asgd_loop, AsgdRates);          // ax
TSORCH_LOOP(nadam_loop, NadamRates);        // exp_avg, exp_avg_sq
TSORCH_LOOP(radam_loop, RadamRates);        // exp_avg, exp_avg_sq
TSORCH_LOOP(rmsprop_loop, RmspropRates);    // square_avg, momentum_buffer or none, grad_avg or none
TSORCH_LOOP(rprop_loop, RpropRates);        // prev, step_size

#undef TSORCH_LOOP

}  // namespace tsorch::optim
