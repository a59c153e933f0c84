#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kMuProduct, kExpAvg, kExpAvgSq, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in)
      : Common(in),
        beta1(in.number()),
        beta2(in.number()),
        eps(in.number()),
        momentum_decay(in.number()),
        decoupled(in.boolean()) {}
  double penalty() const { return decoupled ? 0 : weight_decay; }
  double decay() const { return decoupled ? 1 - lr * weight_decay : 1; }
  double mu_at(double step) const { return beta1 * (1 - 0.5 * std::pow(0.96, step * momentum_decay)); }
  double beta1;
  double beta2;
  double eps;
  double momentum_decay;
  bool decoupled;
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

template <typename T>
void loop(const Memory<T>& memory, const Options& options, const Rates& rates) {
  const Gradient<T> gradient(memory, options.maximize, options.penalty());
  const T weight1 = 1 - options.beta1;
  const T beta2 = options.beta2;
  const T weight2 = 1 - options.beta2;
  const T eps = options.eps;
  const T decay = options.decay();
  const T bias2 = rates.bias2;
  const T of_grad = rates.of_grad;
  const T of_average = rates.of_average;
  T* exp_avg = memory.state(kExpAvg);
  T* exp_avg_sq = memory.state(kExpAvgSq);
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient[i];
    exp_avg[i] = lerp(exp_avg[i], grad, weight1);
    exp_avg_sq[i] = beta2 * exp_avg_sq[i] + weight2 * grad * grad;
    const T denominator = std::sqrt(exp_avg_sq[i] / bias2) + eps;
    memory.param[i] = decay * memory.param[i] + of_grad * grad / denominator + of_average * exp_avg[i] / denominator;
  }
}

void kernels(Lists& lists, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_avg_sq = lists.state[kExpAvgSq];
  std::vector<Rates> rates;
  for (Member* member : lists.members) rates.emplace_back(*member, options);
  if (options.decay() != 1) lists.mul(lists.params, options.decay());
  lists.prepare_gradients(options.maximize, options.penalty());
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
  const auto loops = [&](Member& member, const auto& memory) { loop(memory, options, Rates(member, options)); };
  update(group, options, kExpAvg, kSlots, loops, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
