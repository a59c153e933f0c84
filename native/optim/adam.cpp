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
        fused(in.boolean()),
        grad_scale(in.optional_tensor()),
        found_inf(in.optional_tensor()) {}
  double beta1;
  double beta2;
  double eps;
  bool amsgrad;
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

void kernels(Lists& lists, const Options& options) {
  List& exp_avg = lists.state[kExpAvg];
  List& exp_avg_sq = lists.state[kExpAvgSq];
  List& max_exp_avg_sq = lists.state[kMaxExpAvgSq];
  if (options.decay() != 1) lists.mul(lists.params, options.decay());
  lists.prepare_gradients(options);
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
  const auto loop = [&](Member& member, auto memory) {
    correction.move_to(advance(member.state[kStep]), options);
    adam_loop(memory(), {1 - options.beta1, options.beta2, 1 - options.beta2, options.eps, options.decay(),
                         correction.step_size, correction.denominator});
  };
  if (options.fused || options.capturable) {
    fused_step(group.members, options);
  } else {
    update(group, options, kExpAvg, kSlots, loop, [&](Lists& lists) { kernels(lists, options); });
  }
  group.write_new_state(out);
}

}  // namespace tsorch
