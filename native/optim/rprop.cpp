#include "group.h"

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

/// A step with the gradient as reals.
void step(Member& member, const at::Tensor& grad, const Options& options) {
  advance(member.state[kStep]);
  const Tensors tensors(member, true);
  const at::Tensor& prev = tensors.state[kPrev];
  const at::Tensor& step_size = tensors.state[kStepSize];
  const at::Tensor agreement = grad.mul(options.differentiable ? prev.clone() : prev).sign();
  const auto full = [&](double value) { return at::full_like(agreement, value); };
  const at::Tensor factor =
      at::where(agreement.gt(0), full(options.grow), at::where(agreement.lt(0), full(options.shrink), full(1)));
  step_size.mul_(factor).clamp_(options.smallest, options.largest);
  const at::Tensor used = at::where(agreement.lt(0), full(0), grad);
  tensors.param.addcmul_(used.sign(), step_size, -1);
  prev.copy_(used);
}

void on_lists(Lists& lists, const Options& options) {
  // Negation of complex numbers makes another zero of zero than that of reals.
  for (Member* member : lists.members) step(*member, signed_gradient(real_view(member->grad), options), options);
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
    member.ensure_full(kStepSize, initial_size(member, options.lr.value()));
  }
  const auto loop = [&](Member& member, auto memory) {
    advance(member.state[kStep]);
    rprop_loop(memory(), {options.shrink, options.grow, options.smallest, options.largest});
  };
  const auto one = [&](Member& member) { step(member, real_view(signed_gradient(member.grad, options)), options); };
  update(group, options, kPrev, kSlots, true, loop, one, [&](Lists& lists) { on_lists(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
