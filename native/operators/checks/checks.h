// Arguments that libtorch takes although its kernels reach outside of memory with them: PyTorch crashes or reads what
// it finds, tsorch refuses them, and repairs what is right.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/operator_name.h>
#include <ATen/core/stack.h>

namespace tsorch {

struct Operator;

/// Looks at the arguments of a call before the kernel does; throws.
using ArgumentCheck = void (*)(const Operator& op, const torch::jit::Stack& arguments);

/// The check of an operator, or null, as nearly all have.
ArgumentCheck find_check(const c10::OperatorName& name);

/// Puts others of the same value in the place of arguments that a kernel would read past.
using ArgumentRepair = void (*)(torch::jit::Stack& arguments);

/// The repair of an operator's arguments, or null.
ArgumentRepair find_repair(const c10::OperatorName& name);

/// Refuses sparse tensors whose indices lie outside of their sizes: libtorch checks them when it is told to, and only
/// when a tensor is made.
void check_sparse_indices(const at::Tensor& tensor);
void check_sparse_arguments(const torch::jit::Stack& arguments);

inline bool is_any_sparse(const at::Tensor& tensor) {
  constexpr c10::DispatchKeySet kSparse({c10::DispatchKey::Sparse, c10::DispatchKey::SparseCsr});
  return tensor.unsafeGetTensorImpl()->key_set().has_any(kSparse);
}

}  // namespace tsorch
