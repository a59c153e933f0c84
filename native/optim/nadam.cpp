#include "group.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kMuProduct, kExpAvg, kExpAvgSq, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in)
      : Common(in), beta1(in.number()), beta2(in.number()), eps(in.number()), momentum_decay(in.number()) {}
  Number mu_at(const Number& step) const { return beta1 * (1.0 - 0.5 * pow(0.96, step * momentum_decay)); }
  double beta1;
  double beta2;
  double eps;
  double momentum_decay;
};

/// The numbers of one parameter's step; making them moves its counters on.
struct Rates {
  Rates(Member& member, const Number& lr, const Options& options) {
    const double step = advance(member.state[kStep]);
    const double mu = options.mu_at(step).value();
    const double mu_next = options.mu_at(step + 1).value();
    member.state[kMuProduct].mul_(Number(mu).operand());
    const double product = read_scalar(member.state[kMuProduct]);
    bias2 = 1 - std::pow(options.beta2, step);
    of_grad = ((-lr) * (1 - mu) / (1 - product)).value();
    of_average = ((-lr) * mu_next / (1 - product * mu_next)).value();
  }
  double bias2;
  double of_grad;
  double of_average;
};

void move_averages(const Tensors& tensors, const at::Tensor& grad, const Options& options) {
  tensors.state[kExpAvg].lerp_(grad, 1 - options.beta1);
  tensors.state[kExpAvgSq].mul_(Number(options.beta2).operand()).addcmul_(grad, grad, 1 - options.beta2);
}

void single(Member& member, const Options& options) {
  const Tensors tensors(member, true);
  const at::Tensor grad = decayed_gradient(real_view(signed_gradient(member.grad, options)), tensors.param, options);
  move_averages(tensors, grad, options);
  const Rates rates(member, options.lr, options);
  const at::Tensor denominator = tensors.state[kExpAvgSq].div(Number(rates.bias2).operand()).sqrt().add_(options.eps);
  tensors.param.addcdiv_(grad, denominator, rates.of_grad);
  tensors.param.addcdiv_(tensors.state[kExpAvg], denominator, rates.of_average);
}

/// A step whose numbers are tensors: a captured graph computes them anew, and autograd follows `mu_product`.
void single_by_tensors(Member& member, const Options& options) {
  const Tensors tensors(member, true);
  const Number step = advance(member.state[kStep], options.capturable);
  const at::Tensor grad = decayed_gradient(real_view(signed_gradient(member.grad, options)), tensors.param, options);
  const Number mu = options.mu_at(step);
  const Number mu_next = options.mu_at(step + 1.0);
  const Number product(member.state[kMuProduct].mul_(mu.operand()));
  move_averages(tensors, grad, options);
  const Number bias2 = 1.0 - pow(options.beta2, step);
  const at::Tensor denominator = tensors.state[kExpAvgSq].div(bias2.operand()).sqrt().add(options.eps);
  const Number next_product = product * mu_next;
  const Number of_grad = (-options.lr) * (1.0 - mu) / (1.0 - product);
  const Number of_average = (-options.lr) * mu_next / (1.0 - next_product);
  tensors.param.addcdiv_(grad.mul(of_grad.operand()), denominator);
  tensors.param.addcdiv_(tensors.state[kExpAvg].mul(of_average.operand()), denominator);
}

void on_lists(Lists& lists, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_avg_sq = lists.state[kExpAvgSq];
  std::vector<Rates> rates;
  for (Member* member : lists.members) rates.emplace_back(*member, options.lr.value(), options);
  lists.sign_gradients(options);
  lists.decay(options);
  at::_foreach_lerp_(exp_avg, lists.grads, 1 - options.beta1);
  at::_foreach_mul_(exp_avg_sq, options.beta2);
  at::_foreach_addcmul_(exp_avg_sq, lists.grads, lists.grads, 1 - options.beta2);
  const List root = at::_foreach_sqrt(exp_avg_sq);
  at::_foreach_div_(root, scalars(lists, [&](std::size_t i) { return Number(rates[i].bias2).sqrt(); }));
  at::_foreach_add_(root, options.eps);
  at::_foreach_addcdiv_(lists.params, lists.grads, root,
                        scalars(lists, [&](std::size_t i) { return rates[i].of_grad; }));
  at::_foreach_addcdiv_(lists.params, exp_avg, root,
                        scalars(lists, [&](std::size_t i) { return rates[i].of_average; }));
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
    const Rates rates(member, options.lr, options);
    nadam_loop(memory(),
               {1 - options.beta1, options.beta2, 1 - options.beta2, options.eps,
                options.has_decay() ? options.decay().value() : 1, rates.bias2, rates.of_grad, rates.of_average});
  };
  const bool by_tensors = options.capturable || options.differentiable;
  const auto one = [&](Member& member) { by_tensors ? single_by_tensors(member, options) : single(member, options); };
  update(group, options, kExpAvg, kSlots, false, loop, one, [&](Lists& lists) { on_lists(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
