#include <cmath>

#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kExpAvg, kExpAvgSq, kMaxExpAvgSq, kSlots };

struct Options {
  double lr;
  double beta1;
  double beta2;
  double eps;
  double weight_decay;
  bool amsgrad;
  bool decoupled;
  bool maximize;
  bool capturable;
  bool differentiable;
  bool fused;
  at::Tensor grad_scale;
  at::Tensor found_inf;
};

/// What depends on the step only; parameters mostly share it.
struct Correction {
  double step = 0;
  double step_size = 0;
  double denominator = 1;

  void at(double now, const Options& options) {
    if (now == step) return;
    step = now;
    step_size = options.lr / (1 - std::pow(options.beta1, now));
    denominator = std::sqrt(1 - std::pow(options.beta2, now));
  }
};

template <typename T>
void loop(const Member& member, const Options& options, const Correction& correction) {
  const T weight1 = 1 - options.beta1;
  const T beta2 = options.beta2;
  const T weight2 = 1 - options.beta2;
  const T eps = options.eps;
  const T weight_decay = options.decoupled ? 0 : options.weight_decay;
  const T decay = options.decoupled ? 1 - options.lr * options.weight_decay : 1;
  const T step_size = correction.step_size;
  const T denominator = correction.denominator;
  const T sign = options.maximize ? -1 : 1;
  T* param = member.param.mutable_data_ptr<T>();
  const T* grads = member.grad.const_data_ptr<T>();
  T* exp_avg = member.state[kExpAvg].mutable_data_ptr<T>();
  T* exp_avg_sq = member.state[kExpAvgSq].mutable_data_ptr<T>();
  T* max_exp_avg_sq = options.amsgrad ? member.state[kMaxExpAvgSq].mutable_data_ptr<T>() : nullptr;
  const std::int64_t count = member.param.numel();
  for (std::int64_t i = 0; i < count; i++) {
    T grad = sign * grads[i];
    if (weight_decay != 0) grad += weight_decay * param[i];
    const T mean = lerp(exp_avg[i], grad, weight1);
    const T square = beta2 * exp_avg_sq[i] + weight2 * grad * grad;
    exp_avg[i] = mean;
    exp_avg_sq[i] = square;
    T bound = square;
    if (max_exp_avg_sq != nullptr) {
      const T largest = max_exp_avg_sq[i];
      bound = max_exp_avg_sq[i] = largest > square || std::isnan(largest) ? largest : square;
    }
    param[i] = decay * param[i] - step_size * mean / (std::sqrt(bound) / denominator + eps);
  }
  for (std::size_t slot = kExpAvg; slot < (options.amsgrad ? kSlots : kMaxExpAvgSq); slot++) {
    bump_version(member.state[slot]);
  }
  bump_version(member.param);
}

void with_kernels(const std::vector<Member*>& members, const Options& options) {
  for (Lists& lists : lists_of(members, kExpAvg)) {
    if (options.decoupled && options.weight_decay != 0) {
      at::_foreach_mul_(lists.params, 1 - options.lr * options.weight_decay);
    }
    lists.prepare_gradients(options.maximize, options.decoupled ? 0 : options.weight_decay);
    auto& exp_avg = lists.state[kExpAvg];
    auto& exp_avg_sq = lists.state[kExpAvgSq];
    at::_foreach_lerp_(exp_avg, lists.grads, 1 - options.beta1);
    at::_foreach_mul_(exp_avg_sq, options.beta2);
    at::_foreach_addcmul_(exp_avg_sq, lists.grads, lists.grads, 1 - options.beta2);
    if (options.amsgrad) at::_foreach_maximum_(lists.state[kMaxExpAvgSq], exp_avg_sq);
    std::vector<at::Scalar> step_sizes;
    std::vector<at::Scalar> denominators;
    Correction correction;
    for (Member* member : lists.members) {
      correction.at(advance(member->state[kStep]), options);
      step_sizes.emplace_back(-correction.step_size);
      denominators.emplace_back(correction.denominator);
    }
    auto root =
        at::_foreach_sqrt(clone_if(options.differentiable, lists.state[options.amsgrad ? kMaxExpAvgSq : kExpAvgSq]));
    at::_foreach_div_(root, denominators);
    at::_foreach_add_(root, options.eps);
    at::_foreach_addcdiv_(lists.params, clone_if(options.differentiable, exp_avg), root, step_sizes);
  }
}

/// libtorch's own fused kernel: captures into CUDA graphs and unscales gradients for GradScaler.
void with_fused_kernel(const std::vector<Member*>& members, const Options& options) {
  for (Lists& lists : lists_of(members, kStep)) {
    const auto on_device = [&](const at::Tensor& tensor) {
      return tensor.defined() ? std::optional(tensor.to(lists.params[0].device())) : std::nullopt;
    };
    const auto found_inf = on_device(options.found_inf);
    at::_foreach_add_(lists.state[kStep], 1);
    const auto kernel = options.decoupled ? &at::_ops::_fused_adamw_::call : &at::_ops::_fused_adam_::call;
    kernel(lists.params, lists.grads, lists.state[kExpAvg], lists.state[kExpAvgSq], lists.state[kMaxExpAvgSq],
           lists.state[kStep], options.lr, options.beta1, options.beta2, options.weight_decay, options.eps,
           options.amsgrad, options.maximize, on_device(options.grad_scale), found_inf);
    if (found_inf) at::_foreach_sub_(lists.state[kStep], std::vector<at::Tensor>(lists.params.size(), *found_inf));
  }
}

void step(Group& group, const Options& options) {
  std::vector<Member*> others;
  Correction correction;
  const bool with_loops = !options.fused && !options.capturable && !options.differentiable;
  for (Member& member : group.members) {
    if (!options.fused) check_capturable(member, options.capturable);
    member.ensure_scalar(kStep, 0, options.capturable || options.fused);
    member.ensure_zeros(kExpAvg);
    member.ensure_zeros(kExpAvgSq);
    if (options.amsgrad) member.ensure_zeros(kMaxExpAvgSq);
    if (!with_loops || !fits_loop(member, kExpAvg, kSlots)) {
      others.push_back(&member);
      continue;
    }
    correction.at(advance(member.state[kStep]), options);
    with_type(member, [&](auto type) { loop<decltype(type)>(member, options, correction); });
  }
  if (others.empty()) return;
  if (options.fused || options.capturable) {
    with_fused_kernel(others, options);
  } else {
    with_kernels(others, options);
  }
}

}  // namespace

void optim_adam(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "Adam does not support sparse gradients, please consider SparseAdam instead");
  const Options options{in.number(),  in.number(),          in.number(),         in.number(),  in.number(),
                        in.boolean(), in.boolean(),         in.boolean(),        in.boolean(), in.boolean(),
                        in.boolean(), in.optional_tensor(), in.optional_tensor()};
  const at::AutoGradMode mode(options.differentiable);
  step(group, options);
  group.write_new_state(out);
}

}  // namespace tsorch
