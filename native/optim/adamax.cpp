#include "group.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kExpAvg, kExpInf, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in) : Common(in), beta1(in.number()), beta2(in.number()), eps(in.number()) {}
  /// The learning rate of a step, with the first average's bias taken out.
  double lr_at(double step) const { return (lr / (1 - std::pow(beta1, step))).value(); }
  double beta1;
  double beta2;
  double eps;
};

void single(Member& member, const Options& options) {
  const Number step = advance(member.state[kStep], options.capturable);
  const at::Tensor grad = real_view(decayed_gradient(signed_gradient(member.grad, options), member.param, options));
  const Tensors tensors(member, true);
  const at::Tensor& exp_avg = tensors.state[kExpAvg];
  at::Tensor exp_inf = tensors.state[kExpInf];
  exp_avg.lerp_(grad, 1 - options.beta1);
  exp_inf.mul_(Number(options.beta2).operand());
  const at::Tensor size = grad.abs().add_(options.eps);
  if (options.differentiable) {
    exp_inf.copy_(at::amax(at::stack({exp_inf, size}), 0));  // shares the gradient where both are equal
  } else {
    at::maximum_out(exp_inf, exp_inf, size);
  }
  if (options.capturable) {
    const Number correction = (pow(options.beta1, step) - 1.0) / options.lr;
    tensors.param.addcdiv_(exp_avg, exp_inf.mul(correction.tensor()));
  } else {
    tensors.param.addcdiv_(exp_avg, exp_inf, -options.lr_at(step.value()));
  }
}

void on_lists(Lists& lists, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_inf = lists.state[kExpInf];
  lists.sign_gradients(options);
  lists.decay(options);
  at::_foreach_lerp_(exp_avg, lists.grads, 1 - options.beta1);
  at::_foreach_mul_(exp_inf, options.beta2);
  const List size = at::_foreach_abs(lists.grads);
  at::_foreach_add_(size, options.eps);
  at::_foreach_maximum_(exp_inf, size);
  const auto lrs = scalars(lists, [&](std::size_t i) {
    const double step = advance(lists.members[i]->state[kStep]);
    return -options.lr.value() / (1 - std::pow(options.beta1, step));
  });
  at::_foreach_addcdiv_(lists.params, exp_avg, exp_inf, lrs);
}

}  // namespace

void optim_adamax(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "Adamax does not support sparse gradients");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable);
    member.ensure_scalar(kStep, 0, options.capturable);
    member.ensure_zeros(kExpAvg);
    member.ensure_zeros(kExpInf);
  }
  const auto loop = [&](Member& member, auto memory) {
    const double lr = options.lr_at(advance(member.state[kStep]));
    adamax_loop(memory(), {lr, 1 - options.beta1, options.beta2, options.eps});
  };
  update(
      group, options, kExpAvg, kSlots, !options.lr.is_tensor(), loop, [&](Member& member) { single(member, options); },
      [&](Lists& lists) { on_lists(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
