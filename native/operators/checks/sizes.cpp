// Kernels that take arguments to be as many, or as large, as others, without looking.
#include "named.h"

namespace tsorch {

namespace {

using torch::jit::Stack;

/// `int[2]`: kernels of convolutions and pools read two numbers of any list.
void check_list_lengths(const Operator& op, const Stack& arguments) {
  for (std::size_t i = 0; i < op.parameters.size(); i++) {
    const Parameter& parameter = op.parameters[i];
    if (parameter.kind != Kind::kIntList || parameter.list_size < 2 || !arguments[i].isIntList()) continue;
    const std::size_t length = arguments[i].toDimVector().size();
    TORCH_CHECK(length == parameter.list_size, parameter.argument->name(), " must have ", parameter.list_size,
                " elements, got ", length);
  }
}

void check_not_empty(const Operator& op, const Stack& arguments) {
  TORCH_CHECK(!Named(op, arguments).tensors("tensors").empty(), "stack expects a non-empty TensorList");
}

/// Statistics, weights and biases have an element for each channel.
void check_channels(const Operator& op, const Stack& arguments) {
  const at::Tensor input = Named(op, arguments).tensor("input");
  if (input.dim() < 2) return;
  for (std::size_t i = 0; i < op.parameters.size(); i++) {
    const std::string& name = op.parameters[i].argument->name();
    const bool by_channel = name == "weight" || name == "bias" || name.rfind("running_", 0) == 0 ||
                            (name.rfind("save_", 0) == 0 && !op.parameters[i].argument->kwarg_only());
    if (!by_channel || !arguments[i].isTensor() || !arguments[i].toTensor().defined()) continue;
    const std::int64_t elements = arguments[i].toTensor().numel();
    const bool is_saved = name.rfind("save_", 0) == 0;
    TORCH_CHECK(elements == input.size(1) || (is_saved && elements == 0), name, " should contain ", input.size(1),
                " elements not ", elements);
  }
}

/// What is not taken from the batch must be given.
void check_statistics(const Operator& op, const Stack& arguments) {
  check_channels(op, arguments);
  bool given = false, from_batch = false;
  for (std::size_t i = 0; i < op.parameters.size(); i++) {
    const std::string& name = op.parameters[i].argument->name();
    if (name == "training") from_batch = arguments[i].toBool();
    if (name == "running_var") given = arguments[i].isTensor() && arguments[i].toTensor().defined();
  }
  TORCH_CHECK(given || from_batch, "Expected running_mean and running_var to be defined when training=False");
}

/// The gradient of a batch norm, which has the input's shape.
void check_channels_backward(const Operator& op, const Stack& arguments) {
  check_channels(op, arguments);
  const Named named(op, arguments);
  const at::Tensor grad = named.tensor("grad_out"), input = named.tensor("input");
  TORCH_CHECK(!grad.defined() || grad.sizes() == input.sizes(), "expected a gradient of shape ", input.sizes(),
              ", got ", grad.sizes());
  if (op.handle.schema().name() != "aten::native_batch_norm_backward") return;
  const bool train = named.boolean("train");
  const at::Tensor mean = named.tensor(train ? "save_mean" : "running_mean");
  const at::Tensor deviation = named.tensor(train ? "save_invstd" : "running_var");
  TORCH_CHECK(mean.defined() && deviation.defined() && mean.numel() > 0 && deviation.numel() > 0,
              "expected the statistics that were used");
}

/// A norm for each row, or each column, of `v`.
void check_weight_norm(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const bool backward = op.parameters[0].argument->name() == "grad_w";
  const at::Tensor v = named.tensor(backward ? "saved_v" : "v"), g = named.tensor(backward ? "saved_g" : "g");
  const std::int64_t dim = named.integer("dim");
  if (v.dim() == 0 || (dim != 0 && dim != v.dim() - 1)) return;
  TORCH_CHECK(g.numel() == v.size(dim), "expected ", v.size(dim), " norms, got ", g.numel());
  if (!backward) return;
  TORCH_CHECK(named.tensor("grad_w").sizes() == v.sizes() && named.tensor("saved_norms").numel() == v.size(dim),
              "expected a gradient of shape ", v.sizes(), " and ", v.size(dim), " saved norms");
}

/// The gradient of a softmax has the shape of its output.
void check_same_shape(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const at::Tensor grad = named.tensor("grad_output"), output = named.tensor("output");
  TORCH_CHECK(grad.sizes() == output.sizes(), "expected a gradient of shape ", output.sizes(), ", got ", grad.sizes());
}

bool lies_alike(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() &&
         (a.strides() == b.strides() || (a.is_contiguous() && b.is_contiguous()));
}

/// Whether the tensors of a list belong to the parameters, one to one.
void check_state(const std::string& name, const c10::List<at::Tensor>& params, const c10::List<at::Tensor>& state) {
  TORCH_CHECK(state.empty() || state.size() == params.size(), name, " must have a tensor for each of ", params.size(),
              " parameters, got ", state.size());
  for (std::size_t i = 0; i < state.size(); i++) {
    const at::Tensor param = params.get(i), each = state.get(i);
    const bool fits = name == "state_steps" ? each.numel() == 1 && each.scalar_type() == at::kFloat
                                            : param.is_non_overlapping_and_dense() && lies_alike(param, each);
    TORCH_CHECK(fits, name, " must fit the parameters in shape, dtype and layout");
  }
}

/// The fused optimizers go through all lists by the parameters' sizes.
void check_fused(const Operator& op, const Stack& arguments) {
  const c10::List<at::Tensor> params = arguments[0].toTensorList();
  for (std::size_t i = 1; i < op.parameters.size(); i++) {
    const Parameter& parameter = op.parameters[i];
    if (parameter.kind != Kind::kTensorList) continue;
    check_state(parameter.argument->name(), params, arguments[i].toTensorList());
  }
}

/// `_foreach_*` with `out`: a result for each tensor.
void check_outputs(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const std::size_t count = arguments[0].toTensorList().size(), given = named.tensors("out").size();
  TORCH_CHECK(count == given, "expected ", count, " tensors in out, got ", given);
}

/// Both lists in pairs; libtorch looks at the lengths after it has gone through them.
void check_pairs(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const std::size_t count = named.tensors("self").size(), given = named.tensors("src").size();
  TORCH_CHECK(count > 0, "Tensor list must have at least one tensor.");
  TORCH_CHECK(count == given, "Tensor lists must have the same number of tensors, got ", count, " and ", given);
  if (op.parameters.back().argument->name() == "out") check_outputs(op, arguments);
}

void check_state_of_cell(const Operator& op, const Stack& arguments) {
  TORCH_CHECK(Named(op, arguments).tensors("hx").size() == 2, "lstm_cell expects two hidden states");
}

void check_spatial_convolution(const Operator& op, const Stack& arguments) {
  check_list_lengths(op, arguments);
  const Named named(op, arguments);
  TORCH_CHECK(named.tensor("input").dim() == 4 && named.tensor("weight").dim() == 4,
              "expected an input and a weight of four dimensions");
}

/// The dimensions of a transform, which the callers of these operators have wrapped.
void check_transformed(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const std::int64_t dims = named.tensor("self").dim();
  for (const std::int64_t dim : named.integers("dim")) {
    TORCH_CHECK_INDEX(dim >= 0 && dim < dims, "Dimension out of range (expected to be in range of [0, ", dims - 1,
                      "], but got ", dim, ")");
  }
}

void check_batch_dims(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const std::int64_t batch_dims = named.integer("self_num_batch_dims"), dims = named.tensor("self").dim();
  TORCH_CHECK(batch_dims >= 0 && batch_dims <= dims, "self_num_batch_dims must be between 0 and ", dims, ", got ",
              batch_dims);
}

/// It trusts what only libtorch itself can give it.
void refuse(const Operator& op, const Stack&) {
  TORCH_CHECK_NOT_IMPLEMENTED(false, op.handle.schema().name(), " can only be called by libtorch itself");
}

constexpr CheckedOperator kSized[] = {
    {"mkldnn::_reorder_mkldnn_rnn_layer_weight", "", refuse},
    {"aten::_thnn_differentiable_lstm_cell_backward", "", refuse},
    {"aten::mkldnn_rnn_layer_backward", "", refuse},
    {"aten::mkldnn_rnn_layer_backward", "out", refuse},
    {"aten::quantized_lstm_cell", "", check_state_of_cell},
    {"aten::_foreach_copy", "", check_pairs},
    {"aten::_nnpack_spatial_convolution", "", check_spatial_convolution},
    {"aten::_nnpack_spatial_convolution", "out", check_spatial_convolution},
    {"aten::_fft_r2c", "", check_transformed},
    {"aten::_fft_r2c", "out", check_transformed},
    {"aten::_fft_c2r", "", check_transformed},
    {"aten::_fft_c2r", "out", check_transformed},
    {"aten::_fft_c2c", "", check_transformed},
    {"aten::_fft_c2c", "out", check_transformed},
    {"aten::_new_zeros_with_same_feature_meta", "", check_batch_dims},
    {"aten::_new_zeros_with_same_feature_meta", "out", check_batch_dims},
    {"aten::_foreach_copy", "out", check_pairs},
    {"aten::reflection_pad1d_backward", "", check_list_lengths},
    {"aten::reflection_pad1d_backward", "grad_input", check_list_lengths},
    {"aten::reflection_pad2d_backward", "", check_list_lengths},
    {"aten::reflection_pad2d_backward", "grad_input", check_list_lengths},
    {"aten::reflection_pad3d_backward", "", check_list_lengths},
    {"aten::reflection_pad3d_backward", "grad_input", check_list_lengths},
    {"aten::replication_pad1d_backward", "", check_list_lengths},
    {"aten::replication_pad1d_backward", "grad_input", check_list_lengths},
    {"aten::replication_pad2d_backward", "", check_list_lengths},
    {"aten::replication_pad2d_backward", "grad_input", check_list_lengths},
    {"aten::replication_pad3d_backward", "", check_list_lengths},
    {"aten::replication_pad3d_backward", "grad_input", check_list_lengths},
    {"aten::_stack", "", check_not_empty},
    {"aten::_stack", "out", check_not_empty},
    {"aten::_slow_conv2d_forward", "", check_list_lengths},
    {"aten::_slow_conv2d_forward", "output", check_list_lengths},
    {"aten::_slow_conv2d_backward", "grad_input", check_list_lengths},
    {"aten::_slow_conv2d_backward", "output_mask", check_list_lengths},
    {"aten::_slow_conv2d_backward", "output_mask_out", check_list_lengths},
    {"aten::thnn_conv2d", "", check_list_lengths},
    {"aten::thnn_conv2d", "out", check_list_lengths},
    {"aten::slow_conv3d", "", check_list_lengths},
    {"aten::slow_conv3d", "out", check_list_lengths},
    {"aten::slow_conv3d_forward", "", check_list_lengths},
    {"aten::slow_conv3d_forward", "output", check_list_lengths},
    {"aten::slow_conv_dilated2d", "", check_list_lengths},
    {"aten::slow_conv_dilated2d", "out", check_list_lengths},
    {"aten::slow_conv_dilated3d", "", check_list_lengths},
    {"aten::slow_conv_dilated3d", "out", check_list_lengths},
    {"aten::slow_conv_transpose2d", "", check_list_lengths},
    {"aten::slow_conv_transpose2d", "out", check_list_lengths},
    {"aten::slow_conv_transpose3d", "", check_list_lengths},
    {"aten::slow_conv_transpose3d", "out", check_list_lengths},
    {"aten::fractional_max_pool2d_backward", "", check_list_lengths},
    {"aten::fractional_max_pool2d_backward", "grad_input", check_list_lengths},
    {"aten::fractional_max_pool3d_backward", "", check_list_lengths},
    {"aten::fractional_max_pool3d_backward", "grad_input", check_list_lengths},
    {"aten::native_batch_norm", "", check_statistics},
    {"aten::native_batch_norm", "out", check_statistics},
    {"aten::_native_batch_norm_legit", "", check_statistics},
    {"aten::_native_batch_norm_legit", "out", check_statistics},
    {"aten::_native_batch_norm_legit", "no_stats", check_statistics},
    {"aten::_native_batch_norm_legit", "no_stats_out", check_statistics},
    {"aten::_native_batch_norm_legit_functional", "", check_statistics},
    {"aten::_native_batch_norm_legit_no_training", "", check_statistics},
    {"aten::_native_batch_norm_legit_no_training", "out", check_statistics},
    {"aten::_batch_norm_with_update", "", check_channels},
    {"aten::_batch_norm_with_update", "out", check_channels},
    {"aten::_batch_norm_with_update_functional", "", check_channels},
    {"aten::_batch_norm_no_update", "", check_channels},
    {"aten::_batch_norm_no_update", "out", check_channels},
    {"aten::batch_norm_update_stats", "", check_channels},
    {"aten::batch_norm_update_stats", "out", check_channels},
    {"aten::native_batch_norm_backward", "", check_channels_backward},
    {"aten::native_batch_norm_backward", "out", check_channels_backward},
    {"aten::batch_norm_backward", "", check_channels_backward},
    {"aten::_weight_norm_interface", "", check_weight_norm},
    {"aten::_weight_norm_interface", "out", check_weight_norm},
    {"aten::_weight_norm_interface_backward", "", check_weight_norm},
    {"aten::_weight_norm_interface_backward", "out", check_weight_norm},
    {"aten::_softmax_backward_data", "", check_same_shape},
    {"aten::_softmax_backward_data", "out", check_same_shape},
    {"aten::_log_softmax_backward_data", "", check_same_shape},
    {"aten::_log_softmax_backward_data", "out", check_same_shape},
};

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

}  // namespace

c10::ArrayRef<CheckedOperator> size_checks() { return kSized; }

ArgumentCheck find_list_check(const c10::OperatorName& name) {
  if (starts_with(name.name, "aten::_fused_ada") || starts_with(name.name, "aten::_fused_sgd")) return check_fused;
  const bool has_output = name.overload_name.find("out") != std::string::npos;
  return has_output && starts_with(name.name, "aten::_foreach_") ? check_outputs : nullptr;
}

}  // namespace tsorch
