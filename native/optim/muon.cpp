#include "group.h"

namespace tsorch {

namespace {

using namespace optim;

constexpr std::size_t kMomentumBuffer = 0;

/// How the learning rate follows a matrix's shape; the numbers of lib/optim/muon.ts.
enum class Adjust { kOriginal, kMatchRmsAdamW };

struct Options {
  explicit Options(FrameReader& in)
      : lr(Number::read(in)),
        weight_decay(in.number()),
        momentum(in.number()),
        nesterov(in.boolean()),
        coefficients(in.numbers()),
        eps(in.number()),
        steps(in.integer()),
        adjust(static_cast<Adjust>(in.integer())) {
    TORCH_CHECK_VALUE(steps < 100, "Number of steps must be less than 100 for computational efficiency");
    TORCH_CHECK_VALUE(coefficients.size() == 3, "Coefficients must be a tuple of exactly 3 values");
  }
  Number lr;
  double weight_decay;
  double momentum;
  bool nesterov;
  std::vector<double> coefficients;
  double eps;
  std::int64_t steps;
  Adjust adjust;
};

/// An orthogonal matrix near `matrix` by Newton and Schulz's iteration, in bfloat16 as its coefficients are tuned for.
/// A matrix that has that dtype already is normalised in place, which PyTorch does too.
at::Tensor orthogonalize(const at::Tensor& matrix, const Options& options) {
  const bool tall = matrix.size(0) > matrix.size(1);
  at::Tensor x = matrix.to(at::kBFloat16);
  if (tall) x = x.t();
  x.div_(x.norm().clamp(options.eps));
  for (std::int64_t i = 0; i < options.steps; i++) {
    const at::Tensor gram = x.matmul(x.t());
    const at::Tensor change = at::addmm(gram, gram, gram, options.coefficients[1], options.coefficients[2]);
    x = at::addmm(x, change, x, options.coefficients[0]);
  }
  return tall ? x.t() : x;
}

Number adjusted_lr(const at::Tensor& param, const Options& options) {
  const double rows = static_cast<double>(param.size(0));
  const double columns = static_cast<double>(param.size(1));
  if (options.adjust == Adjust::kMatchRmsAdamW) return options.lr * (0.2 * std::sqrt(std::max(rows, columns)));
  return options.lr * std::sqrt(std::max(1.0, rows / columns));
}

}  // namespace

void optim_muon(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, 1, "Muon does not support sparse gradients");
  const Options options(in);
  const at::NoGradGuard no_grad;
  for (const Member& member : group.members) {
    TORCH_CHECK(!member.param.is_complex(), "Muon does not support complex parameters");
    TORCH_CHECK_VALUE(member.grad.dim() == 2, "Param gradient must be a 2D matrix");
  }
  for (Member& member : group.members) {
    member.ensure(kMomentumBuffer, [&] { return at::zeros_like(member.grad, {}, at::MemoryFormat::Preserve); });
    at::Tensor& buffer = member.state[kMomentumBuffer];
    buffer.lerp_(member.grad, 1 - options.momentum);
    const at::Tensor direction = options.nesterov ? member.grad.lerp(buffer, options.momentum) : buffer;
    const at::Tensor update = orthogonalize(direction, options);
    member.param.mul_((1.0 - options.lr * options.weight_decay).operand());
    member.param.add_(update, (-adjusted_lr(member.param, options)).scalar());
  }
  group.write_new_state(out);
}

}  // namespace tsorch
