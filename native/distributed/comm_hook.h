// A hook of JavaScript that exchanges the gradients of a bucket.
#pragma once

#include <torch/csrc/distributed/c10d/comm.hpp>

#include "../autograd/js_value.h"
#include "group.h"
#include "work.h"

namespace tsorch {

/// The function gets the bucket (index, whether it is the last, its buffer, gradients, parameters) and gives a pair:
/// the work to wait for, or null, and a function that gives the tensor, or that tensor. The function is called when the
/// backward pass is over, before gradients are written: until then other buckets go on.
class JsCommHook final : public c10d::CommHookInterface {
 public:
  JsCommHook(Environment& environment, std::shared_ptr<Connections> connections, Napi::Value function);
  c10::intrusive_ptr<c10::ivalue::Future> runHook(c10d::GradBucket& bucket) override;
  at::Tensor parseHookResult(const c10::IValue& result) override;

 private:
  const std::shared_ptr<Connections> connections_;
  const std::shared_ptr<JsValue> function_;
};

}  // namespace tsorch
