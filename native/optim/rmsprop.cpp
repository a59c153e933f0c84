#include "group.h"

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

void single(Member& member, const Options& options) {
  advance(member.state[kStep]);
  const at::Tensor grad = real_view(decayed_gradient(signed_gradient(member.grad, options), member.param, options));
  const Tensors tensors(member, true);
  const at::Tensor& square_avg = tensors.state[kSquareAvg];
  square_avg.mul_(Number(options.alpha).operand()).addcmul_(grad, grad, 1 - options.alpha);
  at::Tensor root;
  if (options.centered) {
    const at::Tensor& grad_avg = tensors.state[kGradAvg];
    grad_avg.lerp_(grad, 1 - options.alpha);
    root = square_avg.addcmul(grad_avg, grad_avg, -1).sqrt_();
  } else {
    root = square_avg.sqrt();
  }
  // Autograd needs the root itself.
  const at::Tensor denominator = options.differentiable ? root.add(options.eps) : root.add_(options.eps);
  if (options.momentum > 0) {
    const at::Tensor& buffer = tensors.state[kMomentumBuffer];
    buffer.mul_(Number(options.momentum).operand()).addcdiv_(grad, denominator);
    tensors.param.add_(buffer, (-options.lr).scalar());
  } else {
    tensors.param.addcdiv_(grad, denominator, (-options.lr).scalar());
  }
}

void on_lists(Lists& lists, const Options& options) {
  List& square_avg = lists.state[kSquareAvg];
  List& grad_avg = lists.state[kGradAvg];
  List& buffer = lists.state[kMomentumBuffer];
  for (Member* member : lists.members) advance(member->state[kStep]);
  lists.sign_gradients(options);
  lists.decay(options);
  at::_foreach_mul_(square_avg, options.alpha);
  at::_foreach_addcmul_(square_avg, lists.grads, lists.grads, 1 - options.alpha);
  List root;
  if (options.centered) {
    at::_foreach_lerp_(grad_avg, lists.grads, 1 - options.alpha);
    root = at::_foreach_addcmul(square_avg, grad_avg, grad_avg, -1);
    at::_foreach_sqrt_(root);
  } else {
    root = at::_foreach_sqrt(square_avg);
  }
  at::_foreach_add_(root, options.eps);
  if (options.momentum > 0) {
    at::_foreach_mul_(buffer, options.momentum);
    at::_foreach_addcdiv_(buffer, lists.grads, root);
    at::_foreach_add_(lists.params, buffer, (-options.lr).scalar());
  } else {
    at::_foreach_addcdiv_(lists.params, lists.grads, root, (-options.lr).scalar());
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
  const auto loop = [&](Member& member, auto memory) {
    advance(member.state[kStep]);
    rmsprop_loop(memory(), {options.lr.value(), options.alpha, 1 - options.alpha, options.eps, options.momentum});
  };
  update(
      group, options, kSquareAvg, kSlots, true, loop, [&](Member& member) { single(member, options); },
      [&](Lists& lists) { on_lists(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
