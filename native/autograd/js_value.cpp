#include "js_value.h"

#include "../environment.h"
#include "../errors.h"

namespace tsorch {

namespace {

class HandleScope {
 public:
  explicit HandleScope(napi_env env) : env_(env) { check(env, napi_open_handle_scope(env, &scope_)); }
  ~HandleScope() { napi_close_handle_scope(env_, scope_); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;

 private:
  napi_env env_;
  napi_handle_scope scope_ = nullptr;
};

}  // namespace

JsValue::JsValue(Environment& environment, napi_value value) : thread_(environment.thread), pins_(environment.pins) {
  check(environment.env(), napi_create_reference(environment.env(), value, 1, &reference_));
  thread_->values++;
}

napi_value JsValue::get() const {
  if (reference_ == nullptr) return nullptr;
  napi_value value = nullptr;
  check(thread_->environment().env(), napi_get_reference_value(thread_->environment().env(), reference_, &value));
  return value;
}

void JsValue::reset() {
  napi_ref reference = std::exchange(reference_, nullptr);
  if (reference == nullptr) return;
  thread_->values--;
  if (thread_->is_current() && thread_->is_open()) {
    napi_delete_reference(thread_->environment().env(), reference);
  } else {
    pins_->release(reference);
  }
}

void JsValue::loosen() {
  if (reference_ != nullptr) napi_reference_unref(thread_->environment().env(), reference_, nullptr);
}

void JsValue::fasten() {
  if (get() != nullptr) napi_reference_ref(thread_->environment().env(), reference_, nullptr);
}

void call_function(const JsValue& function, const WriteArguments& write, const ReadResult& read) {
  function.thread().run([&] {
    if (function.empty()) return;
    Environment& environment = function.thread().environment();
    const HandleScope scope(environment.env());
    const napi_value callee = function.get();
    TORCH_CHECK(callee != nullptr, "a callback of the autograd graph was collected before the graph");
    FrameWriter out(environment);
    write(out);
    FrameReader in(environment, environment.serve(callee, out.finish()));
    read(in);
  });
}

std::string function_name(const JsValue& function) {
  napi_env env = function.thread().environment().env();
  const HandleScope scope(env);
  napi_value name = nullptr;
  char text[256] = {};
  const bool named = function.get() != nullptr &&
                     napi_get_named_property(env, function.get(), "name", &name) == napi_ok &&
                     napi_get_value_string_utf8(env, name, text, sizeof text, nullptr) == napi_ok && text[0] != '\0';
  return named ? text : "<lambda>";
}

}  // namespace tsorch
