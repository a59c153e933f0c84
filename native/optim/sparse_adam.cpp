#include "group.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kExpAvg, kExpAvgSq, kSlots };

struct Options {
  explicit Options(FrameReader& in)
      : lr(in.number()),
        beta1(in.number()),
        beta2(in.number()),
        eps(in.number()),
        maximize(in.boolean()),
        steps(in.numbers()) {}
  double lr;
  double beta1;
  double beta2;
  double eps;
  bool maximize;
  std::vector<double> steps;  // of each parameter, before this one
};

/// Updates the rows that have a gradient, and their averages only.
void step_rows(Member& member, const Options& options, double step) {
  const at::Tensor grad = (options.maximize ? member.grad.neg() : member.grad).coalesce();
  const at::Tensor values = grad._values();
  if (values.numel() == 0) return;
  const auto like_grad = [&](const at::Tensor& elements) {
    return at::sparse_coo_tensor(grad._indices(), elements, grad.sizes());
  };
  at::Tensor& exp_avg = member.state[kExpAvg];
  at::Tensor& exp_avg_sq = member.state[kExpAvgSq];
  const at::Tensor old_avg = exp_avg.sparse_mask(grad)._values();
  const at::Tensor change = values.sub(old_avg).mul_(1 - options.beta1);
  exp_avg.add_(like_grad(change));
  const at::Tensor old_sq = exp_avg_sq.sparse_mask(grad)._values();
  const at::Tensor change_sq = values.pow(2).sub_(old_sq).mul_(1 - options.beta2);
  exp_avg_sq.add_(like_grad(change_sq));
  const double bias1 = 1 - std::pow(options.beta1, step);
  const double bias2 = 1 - std::pow(options.beta2, step);
  const at::Tensor denominator = change_sq.add(old_sq).sqrt_().add_(options.eps);
  const at::Tensor update = change.add(old_avg).div_(denominator);
  member.param.add_(like_grad(update.mul_(-options.lr * std::sqrt(bias2) / bias1)));
}

}  // namespace

void optim_sparse_adam(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, nullptr);
  const Options options(in);
  const at::NoGradGuard no_grad;
  for (Member& member : group.members) {
    TORCH_CHECK(member.grad.is_sparse(), "SparseAdam does not support dense gradients, please consider Adam instead");
  }
  for (Member& member : group.members) {
    member.ensure_zeros(kExpAvg);
    member.ensure_zeros(kExpAvgSq);
    member.made = true;  // the step count lives in JavaScript: every update is reported
    step_rows(member, options, options.steps.at(member.index) + 1);
  }
  group.write_new_state(out);
}

}  // namespace tsorch
