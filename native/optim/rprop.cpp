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

void kernels(Lists& lists, const Options& options) {
  List& step_size = lists.state[kStepSize];
  for (Member* member : lists.members) advance(member->state[kStep]);
  lists.prepare_gradients(options);
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
  const auto loop = [&](Member& member, auto memory) {
    advance(member.state[kStep]);
    rprop_loop(memory(), {options.shrink, options.grow, options.smallest, options.largest});
  };
  update(group, options, kPrev, kSlots, loop, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
