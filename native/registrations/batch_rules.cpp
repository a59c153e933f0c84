// Operators on batches, in terms of operators for which libtorch has a rule.
#include <ATen/ATen.h>
#include <ATen/OpMathType.h>
#include <ATen/core/Reduction.h>
#include <ATen/native/TypeProperties.h>

#include <mutex>

#include "../errors.h"
#include "registrations.h"

namespace tsorch {

namespace {

using at::Tensor;
using OptionalTensor = std::optional<Tensor>;  // none, or undefined for none

/// PyTorch's rules are in Python and assert.
template <typename... Parts>
void require(bool condition, const Parts&... parts) {
  if (!condition) throw AssertionError({__func__, __FILE__, __LINE__}, c10::str(parts...));
}

// Losses: the gradient of each element, times that of the result. Half types are computed in float32.

template <typename Formula>
Tensor in_math_type(const Tensor& gradient, const Tensor& input, const Tensor& target, Formula formula) {
  const at::ScalarType type = at::native::result_type({gradient, input, target});
  const at::ScalarType math = at::toOpMathType(type);
  return formula(gradient.to(math), input.to(math), target.to(math)).to(type);
}

/// What every element's gradient is multiplied with: the mean divides by the number of elements.
double norm_of(const Tensor& input, std::int64_t reduction, double of_sum = 1.0) {
  return reduction == at::Reduction::Mean ? of_sum / static_cast<double>(input.numel()) : of_sum;
}

Tensor mse_loss_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target, std::int64_t reduction) {
  return in_math_type(grad_output, self, target, [&](const Tensor& gradient, const Tensor& input, const Tensor& goal) {
    return input.sub(goal).mul(norm_of(input, reduction, 2.0)).mul(gradient);
  });
}

Tensor smooth_l1_loss_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                               std::int64_t reduction, double beta) {
  return in_math_type(grad_output, self, target, [&](const Tensor& gradient, const Tensor& input, const Tensor& goal) {
    const Tensor difference = input.sub(goal);
    const Tensor scaled = gradient.mul(norm_of(input, reduction));
    return at::where(difference.abs().lt(beta), scaled.mul(difference).div(beta), scaled.mul(difference.sign()));
  });
}

Tensor huber_loss_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target, std::int64_t reduction,
                           double delta) {
  return in_math_type(grad_output, self, target, [&](const Tensor& gradient, const Tensor& input, const Tensor& goal) {
    const double norm = norm_of(input, reduction);
    const Tensor difference = input.sub(goal);
    const Tensor edge = gradient.mul(norm).mul(delta);
    const Tensor inside = difference.mul(norm).mul(gradient);
    return at::where(difference.lt(-delta), edge.neg(), at::where(difference.gt(delta), edge, inside));
  });
}

// The negative log likelihood. Classes lie along dimension 1, or 0 where there is no batch.

std::string size_text(const Tensor& tensor) { return c10::str("torch.Size(", tensor.sizes(), ")"); }

std::int64_t class_dim(const Tensor& input) { return input.dim() < 2 ? 0 : 1; }

bool is_given(const OptionalTensor& tensor) { return tensor.has_value() && tensor->defined(); }

/// The weights of classes, in a shape that fits the input's.
Tensor along_classes(const Tensor& weight, const Tensor& input) {
  std::vector<std::int64_t> shape(input.dim(), 1);
  shape[class_dim(input)] = weight.size(0);
  return weight.reshape(shape);
}

/// What the losses lie at: the targets, with class 0 for the ignored ones.
struct Targets {
  Targets(const Tensor& target, std::int64_t dim, std::int64_t ignore_index)
      : kept(target.ne(ignore_index)), classes(at::where(kept, target, 0).unsqueeze(dim)), dim(dim) {}

  /// The elements of the target classes, zero for ignored ones.
  Tensor of(const Tensor& values) const { return at::where(kept, values.gather(dim, classes).squeeze(dim), 0); }

  Tensor kept;
  Tensor classes;
  std::int64_t dim;
};

std::tuple<Tensor, Tensor> nll_forward(const Tensor& self, const Tensor& target, const OptionalTensor& weight,
                                       std::int64_t reduction, std::int64_t ignore_index) {
  const Targets targets(target, class_dim(self), ignore_index);
  const Tensor weights = is_given(weight) ? along_classes(*weight, self) : Tensor();
  const Tensor loss = targets.of(weights.defined() ? self.mul(weights) : self).neg();
  if (reduction == at::Reduction::None && self.dim() > 1) return {loss, self.new_full({}, 0.0)};
  const Tensor total = weights.defined() ? targets.of(weights.expand_as(self)).sum() : targets.kept.sum().to(self);
  if (reduction == at::Reduction::Sum) return {loss.sum(), total};
  return {reduction == at::Reduction::Mean ? loss.sum().div(total) : loss, total};
}

Tensor nll_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target, const OptionalTensor& weight,
                    std::int64_t reduction, std::int64_t ignore_index, const Tensor& total_weight) {
  const std::int64_t dim = class_dim(self);
  // A single example's target may be given as a list of one.
  const Tensor labels = self.dim() == 1 && target.dim() > 0 ? target.select(0, 0) : target;
  const Targets targets(labels, dim, ignore_index);
  Tensor gradient = reduction == at::Reduction::Mean ? grad_output.div(total_weight) : grad_output;
  if (gradient.dim() > 0 && gradient.dim() < self.dim()) gradient = gradient.unsqueeze(dim);
  if (is_given(weight)) gradient = gradient.mul(along_classes(*weight, self));
  gradient = at::where(targets.kept.unsqueeze(dim), gradient, 0);
  return at::zeros_like(self).scatter(dim, targets.classes, -1.0).mul(gradient);
}

std::tuple<Tensor, Tensor> nll_loss_forward(const Tensor& self, const Tensor& target, const OptionalTensor& weight,
                                            std::int64_t reduction, std::int64_t ignore_index) {
  require(self.dim() == 1 || self.dim() == 2, "input tensor should be 1D or 2D, got ", self.dim(), "D");
  require(target.dim() <= 1, "0D or 1D target tensor expected, multi-target not supported, got ", target.dim(), "D");
  const bool is_single = self.dim() == 1 && target.dim() == 0;
  TORCH_CHECK(is_single || self.size(0) == target.size(0), "size mismatch (got input: ", size_text(self),
              ", target: ", size_text(target), ")");
  const std::int64_t classes = self.size(-1);
  require(!is_given(weight) || (weight->dim() == 1 && weight->numel() == classes),
          "weight tensor should be defined either for all ", classes,
          " classes or no classes but got weight tensor of shape: ", is_given(weight) ? size_text(*weight) : "");
  return nll_forward(self, target, weight, reduction, ignore_index);
}

Tensor nll_loss_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                         const OptionalTensor& weight, std::int64_t reduction, std::int64_t ignore_index,
                         const Tensor& total_weight) {
  require(self.dim() <= 2, "input tensor should be 1D or 2D, got ", self.dim(), "D");
  require(target.dim() <= 1, "0D or 1D target tensor expected, multi-target not supported, got ", target.dim(), "D");
  return nll_backward(grad_output, self, target, weight, reduction, ignore_index, total_weight);
}

Tensor nll_loss2d_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                           const OptionalTensor& weight, std::int64_t reduction, std::int64_t ignore_index,
                           const Tensor& total_weight) {
  require(self.dim() == 4,
          "only batches of spatial inputs supported (4D tensors), but got input of dimension: ", self.dim());
  require(target.dim() == 3,
          "only batches of spatial targets supported (3D tensors) but got targets of dimension: ", target.dim());
  return nll_backward(grad_output, self, target, weight, reduction, ignore_index, total_weight);
}

/// The outer product of two vectors, added to a matrix.
Tensor addr(const Tensor& self, const Tensor& vec1, const Tensor& vec2, const at::Scalar& beta,
            const at::Scalar& alpha) {
  TORCH_CHECK(vec1.dim() == 1, "addr: Expected 1-D argument vec1, but got ", vec1.dim(), "-D");
  TORCH_CHECK(vec2.dim() == 1, "addr: Expected 1-D argument vec2, but got ", vec2.dim(), "-D");
  const at::ScalarType type = at::native::result_type({self, vec1, vec2});
  const at::ScalarType math = at::toOpMathType(type);
  const Tensor product = vec1.to(math).outer(vec2.to(math));
  const Tensor matrix = self.to(math).expand_as(product);
  if (type == at::kBool) {
    const Tensor scaled = alpha.toBool() ? product : at::zeros_like(product);
    return beta.toBool() ? matrix.logical_or(scaled) : scaled;
  }
  const Tensor scaled = product.mul(alpha);
  // NaN in what is added does not count where beta is 0.
  return (beta.equal(0) ? scaled : matrix.mul(beta).add(scaled)).to(type);
}

}  // namespace

void register_batch_rules() {
  static std::once_flag once;
  std::call_once(once, [] {
    static Registrations rules(c10::DispatchKey::FuncTorchBatched);
    rules.add("mse_loss_backward", mse_loss_backward);
    rules.add("smooth_l1_loss_backward", smooth_l1_loss_backward);
    rules.add("huber_loss_backward", huber_loss_backward);
    rules.add("nll_loss_forward", nll_loss_forward);
    rules.add("nll_loss2d_forward", nll_forward);
    rules.add("nll_loss_backward", nll_loss_backward);
    rules.add("nll_loss2d_backward", nll_loss2d_backward);
    rules.add("addr", addr);
  });
}

}  // namespace tsorch
