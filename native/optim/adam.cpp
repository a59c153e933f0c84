#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kExpAvg, kExpAvgSq, kMaxExpAvgSq, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in)
      : Common(in),
        beta1(in.number()),
        beta2(in.number()),
        eps(in.number()),
        amsgrad(in.boolean()),
        decoupled(in.boolean()),
        fused(in.boolean()),
        grad_scale(in.optional_tensor()),
        found_inf(in.optional_tensor()) {}
  double penalty() const { return decoupled ? 0 : weight_decay; }
  double decay() const { return decoupled ? 1 - lr * weight_decay : 1; }
  double beta1;
  double beta2;
  double eps;
  bool amsgrad;
  bool decoupled;
  bool fused;
  at::Tensor grad_scale;
  at::Tensor found_inf;
};

/// What depends on the step alone; parameters mostly share it.
struct Correction {
  double step = 0;
  double step_size = 0;
  double denominator = 1;

  void move_to(double now, const Options& options) {
    if (now == step) return;
    step = now;
    step_size = options.lr / (1 - std::pow(options.beta1, now));
    denominator = std::sqrt(1 - std::pow(options.beta2, now));
  }
};

template <bool kAmsgrad, typename T>
void loop(const Memory<T>& memory, const Options& options, const Correction& correction) {
  const Gradient<T> gradient(memory, options.maximize, options.penalty());
  const T weight1 = 1 - options.beta1;
  const T beta2 = options.beta2;
  const T weight2 = 1 - options.beta2;
  const T eps = options.eps;
  const T decay = options.decay();
  const T step_size = correction.step_size;
  const T denominator = correction.denominator;
  T* exp_avg = memory.state(kExpAvg);
  T* exp_avg_sq = memory.state(kExpAvgSq);
  T* max_exp_avg_sq = memory.state(kMaxExpAvgSq);
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient[i];
    const T mean = lerp(exp_avg[i], grad, weight1);
    T square = beta2 * exp_avg_sq[i] + weight2 * grad * grad;
    exp_avg[i] = mean;
    exp_avg_sq[i] = square;
    if constexpr (kAmsgrad) square = max_exp_avg_sq[i] = maximum(max_exp_avg_sq[i], square);
    memory.param[i] = decay * memory.param[i] - step_size * mean / (std::sqrt(square) / denominator + eps);
  }
}

void kernels(Lists& lists, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_avg_sq = lists.state[kExpAvgSq];
  List& max_exp_avg_sq = lists.state[kMaxExpAvgSq];
  if (options.decay() != 1) lists.mul(lists.params, options.decay());
  lists.prepare_gradients(options.maximize, options.penalty());
  lists.lerp(exp_avg, lists.grads, 1 - options.beta1);
  lists.mul(exp_avg_sq, options.beta2);
  lists.addcmul(exp_avg_sq, lists.grads, lists.grads, 1 - options.beta2);
  if (options.amsgrad) lists.maximum(max_exp_avg_sq, exp_avg_sq);
  std::vector<at::Scalar> step_sizes;
  std::vector<at::Scalar> denominators;
  Correction correction;
  for (Member* member : lists.members) {
    correction.move_to(advance(member->state[kStep]), options);
    step_sizes.emplace_back(-correction.step_size);
    denominators.emplace_back(correction.denominator);
  }
  List root = at::_foreach_sqrt(options.amsgrad ? max_exp_avg_sq : exp_avg_sq);
  lists.div(root, denominators);
  lists.add(root, options.eps);
  lists.addcdiv(lists.params, exp_avg, root, step_sizes);
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
           options.lr, options.beta1, options.beta2, options.weight_decay, options.eps, options.amsgrad,
           options.maximize, lists.on_device(options.grad_scale), found_inf);
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
  const auto loops = [&](Member& member, const auto& memory) {
    correction.move_to(advance(member.state[kStep]), options);
    if (options.amsgrad) {
      loop<true>(memory, options, correction);
    } else {
      loop<false>(memory, options, correction);
    }
  };
  if (options.fused || options.capturable) {
    fused_step(group.members, options);
  } else {
    update(group, options, kExpAvg, kSlots, loops, [&](Lists& lists) { kernels(lists, options); });
  }
  group.write_new_state(out);
}

}  // namespace tsorch
