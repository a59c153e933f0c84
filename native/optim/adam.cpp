#include "group.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kExpAvg, kExpAvgSq, kMaxExpAvgSq, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in)
      : Common(in),
        beta1(Number::read(in)),
        beta2(Number::read(in)),
        eps(in.number()),
        amsgrad(in.boolean()),
        fused(in.boolean()),
        grad_scale(in.optional_tensor()),
        found_inf(in.optional_tensor()) {
    has_tensors = has_tensors || beta1.is_tensor() || beta2.is_tensor();
  }
  Number beta1;
  Number beta2;
  double eps;
  bool amsgrad;
  bool fused;
  at::Tensor grad_scale;
  at::Tensor found_inf;
};

/// What depends on the step alone; parameters mostly share it.
struct Correction {
  double step = 0;
  Number step_size = 0;
  Number denominator = 1;

  void move_to(double now, const Options& options) {
    if (now == step) return;
    step = now;
    step_size = options.lr / (1.0 - pow(options.beta1, now));
    denominator = (1.0 - pow(options.beta2, now)).sqrt();
  }
};

/// beta1 as the first average takes it: a tensor has the dtype of the parameter.
Number beta1_of(const at::Tensor& param, const Options& options) {
  if (!options.beta1.is_tensor()) return options.beta1;
  return Number(options.beta1.tensor().to(param.device(), param.scalar_type()));
}

void move_averages(const Tensors& tensors, const at::Tensor& grad, const Options& options) {
  const at::Tensor& exp_avg = tensors.state[kExpAvg];
  const at::Tensor& exp_avg_sq = tensors.state[kExpAvgSq];
  const Number weight1 = 1.0 - beta1_of(tensors.param, options);
  if (weight1.is_tensor()) {
    exp_avg.lerp_(grad, weight1.tensor());
  } else {
    exp_avg.lerp_(grad, weight1.scalar());
  }
  const Number weight2 = 1.0 - options.beta2;
  if (options.differentiable && options.beta2.requires_grad()) {
    exp_avg_sq.lerp_(grad.square(), weight2.tensor());
  } else {
    exp_avg_sq.mul_(options.beta2.operand()).addcmul_(grad, grad, weight2.scalar());
  }
}

/// The second average, or the largest one so far.
at::Tensor second_moment(const Tensors& tensors, const Options& options) {
  if (!options.amsgrad) return tensors.state[kExpAvgSq];
  const at::Tensor& largest = tensors.state[kMaxExpAvgSq];
  return largest.copy_(at::maximum(options.differentiable ? largest.clone() : largest, tensors.state[kExpAvgSq]));
}

/// The last part of a step whose numbers are tensors.
void move_by_tensors(const Tensors& tensors, const at::Tensor& step, const Options& options) {
  const auto correction = [&](const Number& beta) {
    return 1.0 - pow(beta, Number(options.differentiable && beta.requires_grad() ? step.clone() : step));
  };
  const Number step_size = -(options.lr / correction(options.beta1));
  const Number root = correction(options.beta2).sqrt() * step_size;
  const at::Tensor denominator =
      second_moment(tensors, options).sqrt().div(root.tensor()).add_((options.eps / step_size).operand());
  const at::Tensor& exp_avg = tensors.state[kExpAvg];
  tensors.param.addcdiv_(options.differentiable ? exp_avg.clone() : exp_avg, denominator);
}

void single(Member& member, Correction& correction, const Options& options) {
  const bool by_tensors = options.capturable || options.differentiable;
  const Number step = advance(member.state[kStep], by_tensors);
  const at::Tensor grad = decayed_gradient(signed_gradient(member.grad, options), member.param, options);
  const Tensors tensors(member, true);
  move_averages(tensors, real_view(grad), options);
  if (by_tensors) return move_by_tensors(tensors, step.tensor(), options);
  correction.move_to(step.value(), options);
  const at::Tensor denominator =
      second_moment(tensors, options).sqrt().div(correction.denominator.operand()).add_(options.eps);
  tensors.param.addcdiv_(tensors.state[kExpAvg], denominator, (-correction.step_size).scalar());
}

void on_lists(Lists& lists, Correction& correction, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_avg_sq = lists.state[kExpAvgSq];
  List& max_exp_avg_sq = lists.state[kMaxExpAvgSq];
  lists.sign_gradients(options);
  lists.decay(options);
  at::_foreach_lerp_(exp_avg, lists.grads, (1.0 - options.beta1).scalar());
  at::_foreach_mul_(exp_avg_sq, options.beta2.scalar());
  at::_foreach_addcmul_(exp_avg_sq, lists.grads, lists.grads, (1.0 - options.beta2).scalar());
  if (options.amsgrad) at::_foreach_maximum_(max_exp_avg_sq, exp_avg_sq);
  std::vector<at::Scalar> step_sizes;
  std::vector<at::Scalar> denominators;
  for (Member* member : lists.members) {
    correction.move_to(advance(member->state[kStep]), options);
    step_sizes.push_back((-correction.step_size).scalar());
    denominators.push_back(correction.denominator.scalar());
  }
  const List root = at::_foreach_sqrt(options.amsgrad ? max_exp_avg_sq : exp_avg_sq);
  at::_foreach_div_(root, denominators);
  at::_foreach_add_(root, options.eps);
  at::_foreach_addcdiv_(lists.params, exp_avg, root, step_sizes);
}

/// libtorch's own fused kernel: CUDA graphs can capture it, and it unscales gradients for GradScaler.
void fused_step(std::vector<Member>& group, const Options& options) {
  std::vector<Member*> members;
  for (Member& member : group) members.push_back(&member);
  const auto kernel = options.decoupled ? &at::_ops::_fused_adamw_::call : &at::_ops::_fused_adam_::call;
  for (Lists& lists : lists_of(members, kStep)) {
    auto& steps = lists.state[kStep];
    const auto found_inf = lists.on_device(options.found_inf);
    at::_foreach_add_(steps, 1);
    kernel(lists.params, lists.grads, lists.state[kExpAvg], lists.state[kExpAvgSq], lists.state[kMaxExpAvgSq], steps,
           options.lr.value(), options.beta1.value(), options.beta2.value(), options.weight_decay.value(), options.eps,
           options.amsgrad, options.maximize, lists.on_device(options.grad_scale), found_inf);
    if (found_inf) at::_foreach_sub_(steps, std::vector<at::Tensor>(steps.size(), *found_inf));
  }
}

}  // namespace

void optim_adam(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "Adam does not support sparse gradients, please consider SparseAdam instead");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable);
    member.ensure_scalar(kStep, 0, options.capturable || options.fused);
    member.ensure_zeros(kExpAvg);
    member.ensure_zeros(kExpAvgSq);
    if (options.amsgrad) member.ensure_zeros(kMaxExpAvgSq);
  }
  Correction correction;
  const auto loop = [&](Member& member, auto memory) {
    correction.move_to(advance(member.state[kStep]), options);
    adam_loop(memory(), {(1.0 - beta1_of(member.param, options)).value(), options.beta2.value(),
                         (1.0 - options.beta2).value(), options.eps, options.has_decay() ? options.decay().value() : 1,
                         correction.step_size.value(), correction.denominator.value()});
  };
  if (options.fused || options.capturable) {
    fused_step(group.members, options);
  } else {
    update(
        group, options, kExpAvg, kSlots, true, loop, [&](Member& member) { single(member, correction, options); },
        [&](Lists& lists) { on_lists(lists, correction, options); });
  }
  group.write_new_state(out);
}

}  // namespace tsorch
