#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kExpAvg, kExpInf, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in) : Common(in), beta1(in.number()), beta2(in.number()), eps(in.number()) {}
  /// The learning rate of a step, with the first average's bias taken out.
  double lr_at(double step) const { return lr / (1 - std::pow(beta1, step)); }
  double beta1;
  double beta2;
  double eps;
};

void kernels(Lists& lists, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_inf = lists.state[kExpInf];
  lists.prepare_gradients(options);
  lists.lerp(exp_avg, lists.grads, 1 - options.beta1);
  List size = at::_foreach_abs(lists.grads);
  lists.add(size, options.eps);
  lists.mul(exp_inf, options.beta2);
  lists.maximum(exp_inf, size);
  const auto lrs = scalars(lists, [&](std::size_t i) {  //
    return -options.lr_at(advance(lists.members[i]->state[kStep]));
  });
  lists.addcdiv(lists.params, exp_avg, exp_inf, lrs);
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
  update(group, options, kExpAvg, kSlots, loop, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
