// Operators without a derivative forwards, in terms of operators that have one, for libtorch's registry of
// decompositions. It keeps them as TorchScript, which therefore is what they are written in.
#include <torch/csrc/jit/frontend/function_schema_parser.h>
#include <torch/csrc/jit/runtime/decomposition_registry.h>
#include <torch/jit.h>

#include <mutex>

#include "registrations.h"

namespace tsorch {

namespace {

/// Each function decomposes the operator of its name. Batch norm's other names are one operator with other arguments.
constexpr const char* kRules = R"(
def trace(self: Tensor) -> Tensor:
    return torch.sum(torch.diagonal(self))

def log_sigmoid_forward(self: Tensor) -> Tuple[Tensor, Tensor]:
    z = torch.exp(-torch.abs(self))
    buffer = torch.new_zeros(self, [0]) if self.is_cuda else z
    return torch.minimum(torch.new_zeros(self, []), self) - torch.log1p(z), buffer

def in_dtype_of_input(gradient: Tensor, from_dtype: int, input_dtype: int) -> Tensor:
    return gradient if from_dtype == input_dtype else gradient.to(input_dtype)

def _softmax_backward_data(grad_output: Tensor, output: Tensor, dim: int, input_dtype: int) -> Tensor:
    product = grad_output * output
    gradient = product - output * torch.sum(product, [dim], True)
    return in_dtype_of_input(gradient, grad_output.dtype, input_dtype).contiguous()

def _log_softmax_backward_data(grad_output: Tensor, output: Tensor, dim: int, input_dtype: int) -> Tensor:
    gradient = grad_output - torch.exp(output) * torch.sum(grad_output, [dim], True)
    return in_dtype_of_input(gradient, grad_output.dtype, input_dtype)

def nll_loss_backward(
    grad_output: Tensor, self: Tensor, target: Tensor, weight: Optional[Tensor], reduction: int, ignore_index: int,
    total_weight: Tensor
) -> Tensor:
    dim = 0 if self.dim() < 2 else 1
    if self.dim() == 1 and target.dim() > 0:
        target = target[0]
    kept = torch.unsqueeze(torch.ne(target, ignore_index), dim)
    classes = torch.where(kept, torch.unsqueeze(target, dim), 0)
    if reduction == 1:
        grad_output = grad_output / total_weight
    if 0 < grad_output.dim() and grad_output.dim() < self.dim():
        grad_output = torch.unsqueeze(grad_output, dim)
    if weight is not None:
        shape = [1] * self.dim()
        shape[dim] = weight.size(0)
        grad_output = grad_output * torch.reshape(weight, shape)
    at_targets = torch.scatter(torch.zeros_like(self), dim, classes, -1.0)
    return at_targets * torch.where(kept, grad_output, 0)

def nll_loss2d_backward(
    grad_output: Tensor, self: Tensor, target: Tensor, weight: Optional[Tensor], reduction: int, ignore_index: int,
    total_weight: Tensor
) -> Tensor:
    return nll_loss_backward(grad_output, self, target, weight, reduction, ignore_index, total_weight)

def moments(input: Tensor, rstd: Tensor, dims: List[int], keepdim: bool) -> Tuple[Tensor, Tensor]:
    # Computed anew, so that they carry the tangent of the input; what the forward pass added to the variance is kept.
    variance, mean = torch.var_mean(input, dims, correction=0, keepdim=keepdim)
    eps = torch.detach(torch.pow(1 / rstd, 2) - variance)
    return mean, torch.rsqrt(variance + eps)

def native_layer_norm_backward(
    grad_out: Tensor, input: Tensor, normalized_shape: List[int], mean: Tensor, rstd: Tensor, weight: Optional[Tensor],
    bias: Optional[Tensor], output_mask: List[bool]
) -> Tuple[Tensor, Tensor, Tensor]:
    axis = input.dim() - len(normalized_shape)
    outer: List[int] = []
    inner: List[int] = []
    for i in range(input.dim()):
        if i < axis:
            outer.append(i)
        else:
            inner.append(i)
    # What is not asked for is zeros: the caller takes all three.
    d_input = torch.zeros_like(input)
    d_weight = torch.zeros_like(weight) if weight is not None else torch.zeros([])
    d_bias = torch.zeros_like(bias) if bias is not None else torch.zeros([])
    if input.numel() == 0:
        shape = input.size()[axis:]
        return d_input, torch.new_zeros(input, shape), torch.new_zeros(input, shape)
    count = 1
    for i in inner:
        count *= input.size(i)
    mean_, rstd_ = moments(input, rstd, inner, True)
    normal = (input - mean_) * rstd_
    if output_mask[0]:
        gradient = grad_out if weight is None else grad_out * weight
        sums = torch.sum(gradient, inner, True)
        products = torch.sum(gradient * normal, inner, True)
        d_input = (rstd_ / count) * (gradient * count - sums - normal * products)
    if output_mask[1] and weight is not None:
        d_weight = grad_out * normal
        if len(outer) > 0:
            d_weight = torch.sum(d_weight, outer, False)
    if output_mask[2] and bias is not None:
        d_bias = torch.sum(grad_out, outer, False) if len(outer) > 0 else torch.clone(grad_out)
    return d_input, d_weight, d_bias

def native_batch_norm_backward(
    grad_out: Tensor, input: Tensor, weight: Optional[Tensor], running_mean: Optional[Tensor],
    running_var: Optional[Tensor], save_mean: Optional[Tensor], save_invstd: Optional[Tensor], train: bool, eps: float,
    output_mask: List[bool]
) -> Tuple[Tensor, Tensor, Tensor]:
    channels = input.size(1)
    shape = [1] * input.dim()
    shape[1] = channels
    dims = [0]
    for i in range(2, input.dim()):
        dims.append(i)
    if train:
        assert save_mean is not None and save_invstd is not None, "when train=True, save_mean and save_invstd are required"
        mean, invstd = moments(input, save_invstd, dims, False)
    else:
        assert running_mean is not None and running_var is not None, "running_mean and running_var must not be None when train=False"
        mean, invstd = running_mean, torch.rsqrt(running_var + eps)
    norm = 1.0 / (input.numel() / channels)
    centred = input - torch.reshape(mean, shape)
    sums = torch.sum(grad_out, dims)
    products = torch.sum(grad_out * centred, dims)
    scale = torch.reshape(invstd if weight is None else invstd * weight, shape)
    if train:
        projected = centred * torch.reshape(products * norm * (invstd * invstd), shape)
        d_input = ((grad_out - projected) - torch.reshape(sums * norm, shape)) * scale
    else:
        d_input = grad_out * scale
    d_weight = torch.zeros_like(weight) if weight is not None else torch.zeros([])
    if output_mask[1]:
        d_weight = products * invstd
    d_bias = sums if output_mask[2] else torch.zeros_like(sums)
    return d_input, d_weight, d_bias

def batch_norm_backward(
    grad_out: Tensor, input: Tensor, weight: Tensor, running_mean: Optional[Tensor], running_var: Optional[Tensor],
    save_mean: Optional[Tensor], save_var: Optional[Tensor], update: bool, eps: float, output_mask: List[bool],
    reserve: Tensor
) -> Tuple[Tensor, Tensor, Tensor]:
    return native_batch_norm_backward(
        grad_out, input, weight, running_mean, running_var, save_mean, save_var, update, eps, output_mask)

def cudnn_batch_norm_backward(
    input: Tensor, grad_output: Tensor, weight: Tensor, running_mean: Optional[Tensor], running_var: Optional[Tensor],
    save_mean: Optional[Tensor], save_var: Optional[Tensor], epsilon: float, reserveSpace: Tensor
) -> Tuple[Tensor, Tensor, Tensor]:
    return native_batch_norm_backward(
        grad_output, input, weight, running_mean, running_var, save_mean, save_var, True, epsilon, [True, True, True])

def miopen_batch_norm_backward(
    input: Tensor, grad_output: Tensor, weight: Tensor, running_mean: Optional[Tensor], running_var: Optional[Tensor],
    save_mean: Optional[Tensor], save_var: Optional[Tensor], epsilon: float
) -> Tuple[Tensor, Tensor, Tensor]:
    return native_batch_norm_backward(
        grad_output, input, weight, running_mean, running_var, save_mean, save_var, True, epsilon, [True, True, True])
)";

constexpr const char* kDecomposed[] = {
    "trace",
    "log_sigmoid_forward",
    "_softmax_backward_data",
    "_log_softmax_backward_data",
    "nll_loss_backward",
    "nll_loss2d_backward",
    "native_layer_norm_backward",
    "native_batch_norm_backward",
    "batch_norm_backward",
    "cudnn_batch_norm_backward",
    "miopen_batch_norm_backward",
};

void register_rules() {
  const std::shared_ptr<torch::jit::CompilationUnit> rules = torch::jit::compile(kRules);
  for (const char* name : kDecomposed) {
    const auto op = c10::Dispatcher::singleton().findSchema({std::string("aten::") + name, ""});
    if (!op || torch::jit::has_jit_decomposition(op->schema())) continue;
    torch::jit::RegisterDecomposition(op->schema(), torch::jit::toGraphFunction(rules->get_function(name)).graph());
  }
}

}  // namespace

void register_tangent_rules() {
  static std::once_flag once;
  std::call_once(once, register_rules);
}

}  // namespace tsorch
