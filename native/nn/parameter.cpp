#include <ATen/ATen.h>
#include <torch/csrc/autograd/variable.h>

#include "../environment.h"

namespace tsorch {

void nn_parameter(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor data = in.tensor();
  const bool requires_grad = in.boolean();
  TORCH_CHECK(!requires_grad || torch::autograd::isDifferentiableType(data.scalar_type()),
              "Only Tensors of floating point and complex dtype can require gradients");
  at::Tensor parameter = data.detach();
  parameter.unsafeGetTensorImpl()->set_allow_tensor_metadata_change(true);  // resize_ and set_ work, as in Python
  parameter.set_requires_grad(requires_grad);
  out.tensor(std::move(parameter));
}

}  // namespace tsorch
