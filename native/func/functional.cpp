#include <ATen/ATen.h>
#include <ATen/FunctionalTensorWrapper.h>
#include <ATen/functorch/DynamicLayer.h>

#include "../environment.h"

namespace tsorch {

namespace {

namespace functionalization = at::functionalization::impl;

/// The value with all changes in it; `add_back_views` makes views of them again, not copies.
at::Tensor up_to_date(const at::Tensor& wrapped, bool add_back_views) {
  const functionalization::FunctionalizationReapplyViewsGuard guard(add_back_views);
  functionalization::sync(wrapped);
  return functionalization::unsafeGetFunctionalWrapper(wrapped)->value();
}

}  // namespace

void func_push_functionalize(Environment&, FrameReader& in, FrameWriter& out) {
  const bool add_back_views = in.boolean();
  out.integer(at::functorch::initAndPushDynamicLayer(at::functorch::TransformType::Functionalize, std::nullopt,
                                                     std::nullopt, std::nullopt, std::nullopt, add_back_views));
}

void func_wrap_functional(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = in.tensor();
  TORCH_CHECK(!functionalization::isFunctionalTensor(tensor), "functionalize() was given a tensor that it had wrapped");
  const at::Tensor wrapped = functionalization::to_functional_tensor(tensor);
  functionalization::unsafeGetFunctionalWrapper(wrapped)->set_level(in.integer());
  out.tensor(wrapped);
}

void func_unwrap_functional(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = in.tensor();
  const bool add_back_views = in.boolean();
  out.tensor(functionalization::isFunctionalTensor(tensor) ? up_to_date(tensor, add_back_views) : tensor);
}

void func_write_back(Environment&, FrameReader& in, FrameWriter&) {
  const at::Tensor argument = in.tensor();
  const at::Tensor wrapped = in.tensor();
  functionalization::sync(wrapped);
  const at::Tensor& value = functionalization::unsafeGetFunctionalWrapper(wrapped)->value();
  if (argument.is_same(value)) return;
  if (argument.nbytes() != value.nbytes()) argument.resize_(value.sizes());
  if (argument.sizes() != value.sizes()) argument.as_strided_(value.sizes(), value.strides());
  argument.copy_(value);
}

}  // namespace tsorch
