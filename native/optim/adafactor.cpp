#include "group.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kRowVar, kColVar, kVariance, kSlots };

struct Options {
  explicit Options(FrameReader& in)
      : lr(Number::read(in)),
        weight_decay(in.number()),
        maximize(in.boolean()),
        beta2_decay(in.number()),
        eps1(in.none() ? std::nullopt : std::optional(in.number())),
        eps2(in.number()),
        d(in.number()),
        foreach (in.boolean()) {}
  Number lr;
  double weight_decay;
  bool maximize;
  double beta2_decay;
  std::optional<double> eps1;  // the dtype's own by default
  double eps2;
  double d;
  bool foreach;
};

double epsilon_of(at::ScalarType type) {
  return AT_DISPATCH_FLOATING_TYPES_AND2(at::kHalf, at::kBFloat16, type, "Adafactor",
                                         [] { return static_cast<double>(std::numeric_limits<scalar_t>::epsilon()); });
}

double norm_of(const at::Tensor& tensor) { return tensor.norm(2).item<double>(); }
/// The norm of a tensor of ones.
double norm_of_ones(const at::Tensor& like) { return std::pow(static_cast<double>(like.numel()), 0.5); }

/// tensor *= factor, rounded as the operator on lists does where that was asked for.
void scale(const at::Tensor& tensor, const Number& factor, const Options& options) {
  if (!options.foreach) {
    tensor.mul_(factor.operand());
  } else if (factor.is_tensor()) {
    at::_foreach_mul_({tensor}, std::vector<at::Tensor>{factor.tensor()});
  } else {
    at::_foreach_mul_({tensor}, std::vector<at::Scalar>{factor.scalar()});
  }
}

/// The mean square along a dimension.
at::Tensor mean_square(const at::Tensor& tensor, std::int64_t dim) {
  return at::norm(tensor, 2, at::IntArrayRef(&dim, 1), true).square_().div_(tensor.size(dim));
}

/// The second moment of a matrix is kept as the means of its rows and columns, that of a vector as it is.
at::Tensor variance_estimate(Member& member, const at::Tensor& grad, double weight, double eps) {
  if (grad.dim() < 2) return member.state[kVariance].lerp_(grad * grad, weight).clone();
  at::Tensor& row = member.state[kRowVar].lerp_(mean_square(grad, -1), weight);
  at::Tensor& column = member.state[kColVar].lerp_(mean_square(grad, -2), weight);
  return row.matmul(column).div_(row.mean(-2, true).clamp_(eps));
}

void make_state(Member& member) {
  member.ensure_scalar(kStep, 0, false);
  if (member.grad.dim() < 2) {
    member.ensure(kVariance, [&] { return at::zeros_like(member.grad, {}, at::MemoryFormat::Preserve); });
    return;
  }
  const auto zeros_of = [&](std::int64_t reduced) {
    std::vector<std::int64_t> sizes = member.grad.sizes().vec();
    sizes[sizes.size() - reduced] = 1;
    return member.grad.new_zeros(sizes);
  };
  member.ensure(kRowVar, [&] { return zeros_of(1); });
  member.ensure(kColVar, [&] { return zeros_of(2); });
}

void step(Member& member, double eps1, const Options& options) {
  const at::Tensor& param = member.param;
  const at::Tensor grad = options.maximize ? member.grad.neg() : member.grad;
  const double count = advance(member.state[kStep]);
  const double fading = 1 / std::pow(count, 0.5);
  const Number relative = fading < options.lr.value() ? Number(fading) : options.lr;
  const Number alpha = std::max(options.eps2, norm_of(param) / norm_of_ones(param)) * relative;
  if (options.weight_decay != 0) scale(param, 1.0 - options.lr * options.weight_decay, options);
  at::Tensor update = variance_estimate(member, grad, std::pow(count, options.beta2_decay), eps1);
  update.clamp_(eps1 * eps1).rsqrt_().mul_(grad);
  const Number change = -alpha / std::max(1.0, norm_of(update) / (norm_of_ones(update) * options.d));
  if (options.foreach) {
    scale(update, change, options);
    param.add_(update);
  } else {
    param.add_(update, change.scalar());
  }
}

}  // namespace

void optim_adafactor(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "Adafactor does not support sparse gradients");
  const Options options(in);
  const at::NoGradGuard no_grad;
  for (const Member& member : group.members) {
    TORCH_CHECK(!member.param.is_complex(), "Adafactor does not support complex parameters");
  }
  if (!group.members.empty()) {
    // By default that of the first parameter's dtype, for all of them.
    const double eps1 = options.eps1.value_or(epsilon_of(group.members.front().param.scalar_type()));
    for (Member& member : group.members) {
      make_state(member);
      step(member, eps1, options);
    }
  }
  group.write_new_state(out);
}

}  // namespace tsorch
