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

JsValue::JsValue(Environment& environment, napi_value value)
    : thread_(environment.thread), values_(environment.values), slot_(values_->keep(value)) {
  thread_->values++;
}

napi_value JsValue::get() const {
  if (empty()) return nullptr;
  if (loose_ == nullptr) return values_->get(*slot_);
  napi_value value = nullptr;
  check(thread_->environment().env(), napi_get_reference_value(thread_->environment().env(), loose_, &value));
  return value;
}

void JsValue::reset() {
  if (empty()) return;
  const ValueStore::Slot slot = *std::exchange(slot_, std::nullopt);
  thread_->values--;
  if (thread_->is_current() && thread_->is_open()) {
    values_->drop(slot);
    if (loose_ != nullptr) napi_delete_reference(thread_->environment().env(), std::exchange(loose_, nullptr));
  } else {
    values_->drop_later(slot);
  }
}

void JsValue::loosen() {
  napi_env env = thread_->environment().env();
  if (empty() || napi_create_reference(env, get(), 0, &loose_) != napi_ok) return;  // a primitive leads nowhere
  napi_value undefined = nullptr;
  check(env, napi_get_undefined(env, &undefined));
  values_->put(*slot_, undefined);
}

void JsValue::fasten() {
  const napi_value survivor = get();
  if (loose_ == nullptr || survivor == nullptr) return;
  napi_delete_reference(thread_->environment().env(), std::exchange(loose_, nullptr));
  values_->put(*slot_, survivor);
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
