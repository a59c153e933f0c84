#include "group.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kSquareAvg, kAccDelta, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in) : Common(in), rho(in.number()), eps(in.number()) {}
  double rho;
  double eps;
};

void single(Member& member, const Options& options) {
  advance(member.state[kStep]);
  const at::Tensor grad = real_view(decayed_gradient(signed_gradient(member.grad, options), member.param, options));
  const Tensors tensors(member, true);
  const at::Tensor& square_avg = tensors.state[kSquareAvg];
  const at::Tensor& acc_delta = tensors.state[kAccDelta];
  const at::Tensor rho = Number(options.rho).operand();
  square_avg.mul_(rho).addcmul_(grad, grad, 1 - options.rho);
  const at::Tensor std = square_avg.add(options.eps).sqrt_();
  at::Tensor delta = acc_delta.add(options.eps).sqrt_();
  if (options.differentiable) delta = delta.clone();
  delta.div_(std).mul_(grad);
  acc_delta.mul_(rho).addcmul_(delta, delta, 1 - options.rho);
  member.param.add_(member.param.is_complex() ? at::view_as_complex(delta) : delta, (-options.lr).scalar());
}

void on_lists(Lists& lists, const Options& options) {
  List& square_avg = lists.state[kSquareAvg];
  List& acc_delta = lists.state[kAccDelta];
  for (Member* member : lists.members) advance(member->state[kStep]);
  lists.sign_gradients(options);
  lists.decay(options);
  at::_foreach_mul_(square_avg, options.rho);
  at::_foreach_addcmul_(square_avg, lists.grads, lists.grads, 1 - options.rho);
  const List std = at::_foreach_add(square_avg, options.eps);
  at::_foreach_sqrt_(std);
  const List delta = at::_foreach_add(acc_delta, options.eps);
  at::_foreach_sqrt_(delta);
  at::_foreach_div_(delta, std);
  at::_foreach_mul_(delta, lists.grads);
  at::_foreach_mul_(acc_delta, options.rho);
  at::_foreach_addcmul_(acc_delta, delta, delta, 1 - options.rho);
  at::_foreach_add_(lists.params, delta, (-options.lr).scalar());
}

}  // namespace

void optim_adadelta(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "Adadelta does not support sparse gradients");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable, "params and state_steps", "['cuda', 'xpu', 'hpu', 'privateuseone']");
    member.ensure_scalar(kStep, 0, options.capturable);
    member.ensure_zeros(kSquareAvg);
    member.ensure_zeros(kAccDelta);
  }
  const auto loop = [&](Member& member, auto memory) {
    advance(member.state[kStep]);
    adadelta_loop(memory(), {options.lr.value(), options.rho, 1 - options.rho, options.eps});
  };
  update(
      group, options, kSquareAvg, kSlots, true, loop, [&](Member& member) { single(member, options); },
      [&](Lists& lists) { on_lists(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
