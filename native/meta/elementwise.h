// Results of operators that work element by element.
#pragma once

#include "call.h"

namespace tsorch::meta {

/// What the dtype that the operands promote to becomes.
using DtypeRule = at::ScalarType (*)(at::ScalarType);

at::ScalarType same_dtype(at::ScalarType dtype);
at::ScalarType bool_dtype(at::ScalarType dtype);

/// The dtype that the operands promote to, as in arithmetic.
at::ScalarType promoted(const std::vector<Tensor>& operands);

/// A result over the operands' broadcast shape, strided as TensorIterator strides it.
Tensor broadcast(const std::vector<Tensor>& operands, at::ScalarType dtype);

/// All tensors of the call, and a scalar that is an operand (`other`, or what stands first).
std::vector<Tensor> operands_of(const Call& call);

/// The rule of an operator on all operands of the call.
template <DtypeRule rule = same_dtype>
Results elementwise(const Call& call) {
  const std::vector<Tensor> operands = operands_of(call);
  return {broadcast(operands, rule(promoted(operands)))};
}

}  // namespace tsorch::meta
