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

void kernels(Lists& lists, const Options& options) {
  List& square_avg = lists.state[kSquareAvg];
  List& grad_avg = lists.state[kGradAvg];
  List& buffer = lists.state[kMomentumBuffer];
  for (Member* member : lists.members) advance(member->state[kStep]);
  lists.prepare_gradients(options);
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
  const auto loop = [&](Member& member, auto memory) {
    advance(member.state[kStep]);
    rmsprop_loop(memory(), {options.lr, options.alpha, 1 - options.alpha, options.eps, options.momentum});
  };
  update(group, options, kSquareAvg, kSlots, loop, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
