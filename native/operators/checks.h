// Arguments that libtorch takes although they reach outside of memory: PyTorch crashes, tsorch refuses them.
#pragma once

#include <ATen/core/operator_name.h>
#include <ATen/core/stack.h>

namespace tsorch {

struct Operator;

/// Looks at the arguments of a call before the kernel does; throws.
using ArgumentCheck = void (*)(const Operator& op, const torch::jit::Stack& arguments);

/// The check of an operator, or null for nearly all of them.
ArgumentCheck find_check(const c10::OperatorName& name);

}  // namespace tsorch
