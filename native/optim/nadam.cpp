#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kMuProduct, kExpAvg, kExpAvgSq, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in)
      : Common(in), beta1(in.number()), beta2(in.number()), eps(in.number()), momentum_decay(in.number()) {}
  double mu_at(double step) const { return beta1 * (1 - 0.5 * std::pow(0.96, step * momentum_decay)); }
  double beta1;
  double beta2;
  double eps;
  double momentum_decay;
};

/// The numbers of one parameter's step; making them moves its counters on.
struct Rates {
  Rates(Member& member, const Options& options) {
    const double step = advance(member.state[kStep]);
    const double mu = options.mu_at(step);
    const double mu_next = options.mu_at(step + 1);
    write_scalar(member.state[kMuProduct], read_scalar(member.state[kMuProduct]) * mu);
    const double product = read_scalar(member.state[kMuProduct]);
    bias2 = 1 - std::pow(options.beta2, step);
    of_grad = -options.lr * (1 - mu) / (1 - product);
    of_average = -options.lr * mu_next / (1 - product * mu_next);
  }
  double bias2;
  double of_grad;
  double of_average;
};

void kernels(Lists& lists, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_avg_sq = lists.state[kExpAvgSq];
  std::vector<Rates> rates;
  for (Member* member : lists.members) rates.emplace_back(*member, options);
  if (options.decay() != 1) lists.mul(lists.params, options.decay());
  lists.prepare_gradients(options);
  lists.lerp(exp_avg, lists.grads, 1 - options.beta1);
  lists.mul(exp_avg_sq, options.beta2);
  lists.addcmul(exp_avg_sq, lists.grads, lists.grads, 1 - options.beta2);
  List root = at::_foreach_div(exp_avg_sq, scalars(lists, [&](std::size_t i) { return rates[i].bias2; }));
  lists.sqrt(root);
  lists.add(root, options.eps);
  lists.addcdiv(lists.params, lists.grads, root, scalars(lists, [&](std::size_t i) { return rates[i].of_grad; }));
  lists.addcdiv(lists.params, exp_avg, root, scalars(lists, [&](std::size_t i) { return rates[i].of_average; }));
}

}  // namespace

void optim_nadam(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "NAdam does not support sparse gradients");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable, "params, mu_products and state_steps");
    member.ensure_scalar(kStep, 0, options.capturable);
    member.ensure_scalar(kMuProduct, 1, options.capturable);
    member.ensure_zeros(kExpAvg);
    member.ensure_zeros(kExpAvgSq);
  }
  const auto loop = [&](Member& member, auto memory) {
    const Rates rates(member, options);
    nadam_loop(memory(), {1 - options.beta1, options.beta2, 1 - options.beta2, options.eps, options.decay(),
                          rates.bias2, rates.of_grad, rates.of_average});
  };
  update(group, options, kExpAvg, kSlots, loop, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
