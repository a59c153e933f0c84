#include "elementwise.h"

#include <ATen/ATen.h>
#include <ATen/ScalarOps.h>
#include <ATen/TensorIterator.h>
#include <ATen/native/TypeProperties.h>

#include "meta.h"

namespace tsorch::meta {

at::ScalarType same_dtype(at::ScalarType dtype) { return dtype; }
at::ScalarType bool_dtype(at::ScalarType) { return at::kBool; }

at::ScalarType promoted(const std::vector<Tensor>& operands) {
  at::native::ResultTypeState state = {};
  for (const Tensor& operand : operands) state = at::native::update_result_type_state(operand, state);
  return at::native::result_type(state);
}

Tensor broadcast(const std::vector<Tensor>& operands, at::ScalarType dtype) {
  at::TensorIteratorConfig config;
  config.set_check_mem_overlap(false).check_all_same_dtype(false).allow_cpu_scalars(true);
  config.declare_static_dtype(dtype).add_owned_output(Tensor());
  for (const Tensor& operand : operands) config.add_owned_const_input(operand);
  return config.build().output();
}

std::vector<Tensor> operands_of(const Call& call) {
  std::vector<Tensor> operands = call.tensors();
  const c10::Device device = operands.at(0).device();
  for (std::size_t i = 0; i < call.schema().arguments().size(); i++) {
    const bool is_operand = i == 0 || call.schema().arguments()[i].name() == "other";
    if (!is_operand || !call.value(i).isScalar()) continue;
    operands.push_back(at::native::wrapped_scalar_tensor(call.value(i).toScalar(), device));
  }
  return operands;
}

namespace {

at::ScalarType real_float(at::ScalarType dtype) { return real_of(float_of(dtype)); }

Results where(const Call& call) {
  const Tensor& condition = call.tensor("condition");
  TORCH_CHECK(condition.scalar_type() == at::kBool || condition.scalar_type() == at::kByte,
              "where expected condition to be a boolean tensor, but got a tensor with dtype ", condition.scalar_type());
  const at::ScalarType dtype = promoted({call.tensor("self"), call.tensor("other")});
  return {broadcast({condition, call.tensor("self"), call.tensor("other")}, dtype)};
}

Results frexp(const Call& call) { return {alike(call.self()), alike(call.self(), at::kInt)}; }

Results prelu_backward(const Call& call) {
  const Tensor gradient = broadcast({call.tensor("grad_output"), call.tensor("self"), call.tensor("weight")},
                                    promoted({call.tensor("self")}));
  return {gradient, alike(gradient)};
}

Results log_sigmoid_forward(const Call& call) { return {alike(call.self()), alike(call.self())}; }

Results fake_quantize(const Call& call) { return {alike(call.self()), alike(call.self(), at::kBool)}; }

}  // namespace

Rules elementwise_rules() {
  static constexpr Rule kRules[] = {
      {"__lshift__", elementwise},
      {"__rshift__", elementwise},
      {"_add_relu", elementwise},
      {"_fused_moving_avg_obs_fq_helper", fake_quantize},
      {"_masked_scale", elementwise},
      {"_prelu_kernel", elementwise},
      {"_prelu_kernel_backward", prelu_backward},
      {"abs", elementwise<real_of>},
      {"angle", elementwise<real_float>},
      {"complex", elementwise<complex_of>},
      {"conj_physical", elementwise},
      {"floor_divide", elementwise},
      {"frexp", frexp},
      {"glu_backward", like_self},
      {"hardswish", elementwise},
      {"hardswish_backward", elementwise},
      {"hardtanh", elementwise},
      {"hardtanh_backward", elementwise},
      {"isnan", elementwise<bool_dtype>},
      {"log_sigmoid_backward", like_self},
      {"log_sigmoid_forward", log_sigmoid_forward},
      {"logical_and", elementwise<bool_dtype>},
      {"logical_not", elementwise<bool_dtype>},
      {"logical_or", elementwise<bool_dtype>},
      {"logical_xor", elementwise<bool_dtype>},
      {"logit", elementwise<float_of>},
      {"mvlgamma", elementwise<float_of>},
      {"nan_to_num", elementwise},
      {"polar", elementwise<complex_of>},
      {"relu", elementwise},
      {"remainder", elementwise},
      {"rsub", elementwise},
      {"where", where},
  };
  return kRules;
}

}  // namespace tsorch::meta
