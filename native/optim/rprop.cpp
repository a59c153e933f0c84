#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kPrev, kStepSize, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in)
      : Common(in), shrink(in.number()), grow(in.number()), smallest(in.number()), largest(in.number()) {}
  double shrink;
  double grow;
  double smallest;
  double largest;
};

template <typename T>
void loop(const Memory<T>& memory, const Options& options) {
  const Gradient<T> gradient(memory, options.maximize, 0);
  const T shrink = options.shrink;
  const T grow = options.grow;
  const T smallest = options.smallest;
  const T largest = options.largest;
  T* prev = memory.state(kPrev);
  T* step_size = memory.state(kStepSize);
  for (std::int64_t i = 0; i < memory.count; i++) {
    T grad = gradient[i];
    const T agreement = grad * prev[i];
    T size = step_size[i] * (agreement > 0 ? grow : agreement < 0 ? shrink : T(1));
    size = size < smallest ? smallest : size > largest ? largest : size;
    if (agreement < 0) grad = 0;  // the step went too far: stay here once
    memory.param[i] -= static_cast<T>((grad > 0) - (grad < 0)) * size;
    prev[i] = grad;
    step_size[i] = size;
  }
}

void kernels(Lists& lists, const Options& options) {
  List& step_size = lists.state[kStepSize];
  for (Member* member : lists.members) advance(member->state[kStep]);
  lists.prepare_gradients(options.maximize, 0);
  List factors = at::_foreach_mul(lists.grads, lists.state[kPrev]);
  for (std::size_t i = 0; i < factors.size(); i++) {
    const at::Tensor agreement = factors[i];
    const auto full = [&](double value) { return at::full_like(agreement, value); };
    factors[i] =
        at::where(agreement.gt(0), full(options.grow), at::where(agreement.lt(0), full(options.shrink), full(1)));
    lists.grads[i] = at::where(agreement.lt(0), full(0), lists.grads[i]);
  }
  lists.mul(step_size, factors);
  lists.clamp(step_size, options.smallest, options.largest);
  lists.addcmul(lists.params, at::_foreach_sign(lists.grads), step_size, -1);
  lists.copy(lists.state[kPrev], lists.grads);
}

at::Scalar initial_size(const Member& member, double lr) {
  if (member.param.is_complex()) return c10::complex<double>(lr, lr);
  return lr;
}

}  // namespace

void optim_rprop(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "Rprop does not support sparse gradients");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable);
    member.ensure_scalar(kStep, 0, options.capturable);
    member.ensure_zeros(kPrev);
    member.ensure_full(kStepSize, initial_size(member, options.lr));
  }
  const auto loops = [&](Member& member, const auto& memory) {
    advance(member.state[kStep]);
    loop(memory, options);
  };
  update(group, options, kPrev, kSlots, loops, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
