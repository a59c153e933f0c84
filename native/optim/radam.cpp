#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kExpAvg, kExpAvgSq, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in) : Common(in), beta1(in.number()), beta2(in.number()), eps(in.number()) {}
  double beta1;
  double beta2;
  double eps;
};

/// What depends on the step alone. In the first steps the variance cannot be rectified, and the update is not adaptive.
struct Rates {
  Rates(double step, const Options& options) {
    const double bias1 = 1 - std::pow(options.beta1, step);
    const double power2 = std::pow(options.beta2, step);
    const double bias2 = 1 - power2;
    const double longest = 2 / (1 - options.beta2) - 1;
    const double length = longest - 2 * step * power2 / bias2;
    adaptive = length > 5;
    rate = options.lr / bias1;
    if (!adaptive) return;
    rate *= std::sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
    rate *= std::sqrt(bias2);
  }
  bool adaptive;
  double rate;
};

void kernels(Lists& lists, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_avg_sq = lists.state[kExpAvgSq];
  if (options.decay() != 1) lists.mul(lists.params, options.decay());
  lists.prepare_gradients(options);
  lists.lerp(exp_avg, lists.grads, 1 - options.beta1);
  lists.mul(exp_avg_sq, options.beta2);
  lists.addcmul(exp_avg_sq, lists.grads, lists.grads, 1 - options.beta2);
  List root = at::_foreach_sqrt(exp_avg_sq);
  lists.add(root, options.eps);
  const auto rates = scalars(lists, [&](std::size_t i) {
    const Rates now(advance(lists.members[i]->state[kStep]), options);
    if (!now.adaptive) root[i] = at::ones_like(root[i]);
    return -now.rate;
  });
  lists.addcdiv(lists.params, exp_avg, root, rates);
}

}  // namespace

void optim_radam(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "RAdam does not support sparse gradients");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable);
    member.ensure_scalar(kStep, 0, options.capturable);
    member.ensure_zeros(kExpAvg);
    member.ensure_zeros(kExpAvgSq);
  }
  const auto loop = [&](Member& member, auto memory) {
    const Rates rates(advance(member.state[kStep]), options);
    radam_loop(memory(), {1 - options.beta1, options.beta2, 1 - options.beta2, options.eps, options.decay(), rates.rate,
                          rates.adaptive});
  };
  update(group, options, kExpAvg, kSlots, loop, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
