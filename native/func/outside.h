// Making tensors from plain memory while transforms of torch.func are active.
#pragma once

#include <ATen/ATen.h>
#include <ATen/functorch/BatchedTensorImpl.h>
#include <ATen/functorch/TensorWrapper.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

namespace tsorch {

/// Works outside of every transform for a while.
class OutsideTransforms {
  c10::impl::ExcludeDispatchKeyGuard guard_{c10::DispatchKeySet(
      {c10::DispatchKey::FuncTorchDynamicLayerFrontMode, c10::DispatchKey::FuncTorchDynamicLayerBackMode})};
};

/// Calls `make` outside of every transform, where its tensor has memory to fill, and lifts the result into the top one.
template <typename Make>
at::Tensor made_outside(Make make) {
  if (!c10::impl::tls_is_dispatch_key_included(c10::DispatchKey::FuncTorchDynamicLayerFrontMode)) return make();
  at::Tensor tensor;
  {
    const OutsideTransforms outside;
    tensor = make();
  }
  return at::lift_fresh(tensor);
}

/// The tensor with memory below the wrappers of grad layers; a batch has no elements of its own to read.
inline at::Tensor below_wrappers(at::Tensor tensor) {
  while (const auto* wrapper = at::functorch::maybeGetTensorWrapper(tensor)) tensor = at::Tensor(wrapper->value());
  TORCH_CHECK(!at::functorch::isBatchedTensor(tensor),
              "vmap: It looks like you're reading the elements of a Tensor inside of a vmapped function. We don't "
              "support vmap over code that looks at the values of a batch.");
  return tensor;
}

}  // namespace tsorch
