#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kSquareAvg, kMomentumBuffer, kGradAvg, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in)
      : Common(in), alpha(in.number()), eps(in.number()), momentum(in.number()), centered(in.boolean()) {}
  double alpha;
  double eps;
  double momentum;
  bool centered;
};

template <bool kCentered, bool kMomentum, typename T>
void loop(const Memory<T>& memory, const Options& options) {
  const Gradient<T> gradient(memory, options.maximize, options.weight_decay);
  const T lr = options.lr;
  const T alpha = options.alpha;
  const T weight = 1 - options.alpha;
  const T eps = options.eps;
  const T momentum = options.momentum;
  T* square_avg = memory.state(kSquareAvg);
  T* buffer = memory.state(kMomentumBuffer);
  T* grad_avg = memory.state(kGradAvg);
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient[i];
    T square = square_avg[i] = alpha * square_avg[i] + weight * grad * grad;
    if constexpr (kCentered) {
      grad_avg[i] = lerp(grad_avg[i], grad, weight);
      square -= grad_avg[i] * grad_avg[i];
    }
    T step = grad / (std::sqrt(square) + eps);
    if constexpr (kMomentum) step = buffer[i] = momentum * buffer[i] + step;
    memory.param[i] -= lr * step;
  }
}

void kernels(Lists& lists, const Options& options) {
  List& square_avg = lists.state[kSquareAvg];
  List& grad_avg = lists.state[kGradAvg];
  List& buffer = lists.state[kMomentumBuffer];
  for (Member* member : lists.members) advance(member->state[kStep]);
  lists.prepare_gradients(options.maximize, options.weight_decay);
  lists.mul(square_avg, options.alpha);
  lists.addcmul(square_avg, lists.grads, lists.grads, 1 - options.alpha);
  List root;
  if (options.centered) {
    lists.lerp(grad_avg, lists.grads, 1 - options.alpha);
    root = at::_foreach_addcmul(square_avg, grad_avg, grad_avg, -1);
    lists.sqrt(root);
  } else {
    root = at::_foreach_sqrt(square_avg);
  }
  lists.add(root, options.eps);
  if (options.momentum > 0) {
    lists.mul(buffer, options.momentum);
    lists.addcdiv(buffer, lists.grads, root);
    lists.add(lists.params, buffer, -options.lr);
  } else {
    lists.addcdiv(lists.params, lists.grads, root, -options.lr);
  }
}

}  // namespace

void optim_rmsprop(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "RMSprop does not support sparse gradients");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable);
    member.ensure_scalar(kStep, 0, options.capturable);
    member.ensure_zeros(kSquareAvg);
    if (options.momentum > 0) member.ensure_zeros(kMomentumBuffer);
    if (options.centered) member.ensure_zeros(kGradAvg);
  }
  const auto loops = [&](Member& member, const auto& memory) {
    advance(member.state[kStep]);
    if (options.centered) {
      options.momentum > 0 ? loop<true, true>(memory, options) : loop<true, false>(memory, options);
    } else {
      options.momentum > 0 ? loop<false, true>(memory, options) : loop<false, false>(memory, options);
    }
  };
  update(group, options, kSquareAvg, kSlots, loops, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
