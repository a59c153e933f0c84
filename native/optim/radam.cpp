#include "group.h"

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
  Rates(const Number& step, const Options& options)
      : bias1(1.0 - pow(options.beta1, step)),
        bias2(1.0 - pow(options.beta2, step)),
        longest(2 / (1 - options.beta2) - 1),
        length(longest - 2.0 * step * pow(options.beta2, step) / bias2) {}
  Number bias1;
  Number bias2;
  double longest;
  Number length;

  bool adaptive() const { return length.value() > 5; }
  Number rectification() const {
    return ((length - 4.0) * (length - 2.0) * longest / ((longest - 4) * (longest - 2) * length)).sqrt();
  }
};

void single(Member& member, const Options& options) {
  const Tensors tensors(member, true);
  const at::Tensor& exp_avg = tensors.state[kExpAvg];
  const at::Tensor& exp_avg_sq = tensors.state[kExpAvgSq];
  const Rates rates(advance(member.state[kStep], options.capturable), options);
  const at::Tensor grad = decayed_gradient(real_view(signed_gradient(member.grad, options)), tensors.param, options);
  exp_avg.lerp_(grad, 1 - options.beta1);
  exp_avg_sq.mul_(Number(options.beta2).operand()).addcmul_(grad, grad, 1 - options.beta2);
  const auto adaptive_lr = [&] {
    const at::Tensor root = exp_avg_sq.sqrt();
    const at::Tensor denominator = options.differentiable ? root.add(options.eps) : root.add_(options.eps);
    return (rates.bias2.sqrt() / Number(denominator)).tensor();
  };
  at::Tensor step = exp_avg.div(rates.bias1.operand()).mul(options.lr.operand());
  if (options.capturable) {
    const at::Tensor rectified = adaptive_lr().mul(rates.rectification().operand());
    step = step.mul(at::where(rates.length.tensor().gt(5), rectified, 1.0));
  } else if (rates.adaptive()) {
    step = step.mul(adaptive_lr()).mul(rates.rectification().operand());
  }
  tensors.param.add_(step, -1);
}

void on_lists(Lists& lists, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_avg_sq = lists.state[kExpAvgSq];
  std::vector<Rates> rates;
  for (Member* member : lists.members) rates.emplace_back(advance(member->state[kStep]), options);
  lists.sign_gradients(options);
  lists.decay(options);
  at::_foreach_lerp_(exp_avg, lists.grads, 1 - options.beta1);
  at::_foreach_mul_(exp_avg_sq, options.beta2);
  at::_foreach_addcmul_(exp_avg_sq, lists.grads, lists.grads, 1 - options.beta2);
  // A division by zero takes the adaptive part away where there is none.
  const auto divisors = scalars(lists, [&](std::size_t i) {
    const Number rectification = rates[i].adaptive() ? rates[i].rectification() : 0.0;
    return rates[i].bias2.sqrt() * (options.lr * rectification / rates[i].bias1) * -1.0;
  });
  const auto plain = scalars(
      lists, [&](std::size_t i) { return options.lr * (rates[i].adaptive() ? 0.0 : 1.0) / rates[i].bias1 * -1.0; });
  const List buffer = at::_foreach_sqrt(exp_avg_sq);
  at::_foreach_add_(buffer, options.eps);
  at::_foreach_div_(buffer, divisors);
  at::_foreach_reciprocal_(buffer);
  at::_foreach_add_(buffer, plain);
  at::_foreach_addcmul_(lists.params, exp_avg, buffer);
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
    const bool adaptive = rates.adaptive();
    radam_loop(memory(), {1 - options.beta1, options.beta2, 1 - options.beta2, options.eps,
                          options.has_decay() ? options.decay().value() : 1, rates.bias1.value(), options.lr.value(),
                          rates.bias2.sqrt().value(), adaptive ? rates.rectification().value() : 1, adaptive});
  };
  update(
      group, options, kExpAvg, kSlots, false, loop, [&](Member& member) { single(member, options); },
      [&](Lists& lists) { on_lists(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
