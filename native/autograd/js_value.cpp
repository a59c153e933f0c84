#include "js_value.h"

#include "../environment.h"
#include "../errors.h"

namespace tsorch {

JsValue::JsValue(Environment& environment, Napi::Value value)
    : thread_(environment.thread), values_(environment.values), slot_(values_->keep(value)) {
  thread_->values++;
}

Napi::Value JsValue::get() const {
  if (empty()) return {};
  return loose_.IsEmpty() ? values_->get(*slot_) : loose_.Value();
}

void JsValue::reset() {
  if (empty()) return;
  const ValueStore::Slot slot = *std::exchange(slot_, std::nullopt);
  thread_->values--;
  if (thread_->is_current() && thread_->is_open()) {
    values_->drop(slot);
    loose_.Reset();
  } else {
    loose_.SuppressDestruct();
    values_->drop_later(slot);
  }
}

void JsValue::loosen() {
  const Napi::Value value = get();
  if (value.IsEmpty() || !value.IsObject()) return;  // a primitive leads nowhere
  loose_ = Napi::Weak(value.As<Napi::Object>());
  values_->put(*slot_, value.Env().Undefined());
}

void JsValue::fasten() {
  const Napi::Value survivor = get();
  if (loose_.IsEmpty() || survivor.IsEmpty()) return;
  loose_.Reset();
  values_->put(*slot_, survivor);
}

void call_function(const JsValue& function, const WriteArguments& write, const ReadResult& read) {
  function.thread().run([&] {
    if (function.empty()) return;
    Environment& environment = function.thread().environment();
    const Napi::HandleScope scope(environment.env());
    const Napi::Value callee = function.get();
    TORCH_CHECK(!callee.IsEmpty(), "a callback of the autograd graph was collected before the graph");
    FrameWriter out(environment);
    write(out);
    FrameReader in(environment, environment.serve(callee, out.finish()));
    read(in);
  });
}

std::string function_name(const JsValue& function) {
  const Napi::HandleScope scope(function.thread().environment().env());
  const Napi::Value value = function.get();
  if (value.IsEmpty()) return "<lambda>";
  const Napi::Value name = value.As<Napi::Object>().Get("name");
  const std::string text = name.IsString() ? name.As<Napi::String>().Utf8Value() : "";
  return text.empty() ? "<lambda>" : text;
}

}  // namespace tsorch
