#include "environment.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/util/Exception.h>

#include <cstring>

#include "autograd/js_value.h"
#include "errors.h"
#include "memory/counting_allocator.h"
#include "operators/operator.h"
#include "warnings.h"

namespace tsorch {

namespace {

constexpr std::size_t kInitialFrame = 4096;

/// As many as most calls make: malloc then hands out what was freed just before, where it must search after freeing
/// more.
constexpr std::size_t kReapedPerCall = 1;

}  // namespace

Environment::Environment(napi_env env, napi_value functions)
    : values(std::make_shared<ValueStore>(env, functions)), env_(env) {
  grow_frame(kInitialFrame);
}

napi_value Environment::open(napi_env env) {
  napi_value functions = nullptr;
  check(env, napi_create_object(env, &functions));
  auto environment = std::make_unique<Environment>(env, functions);
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Environment*>(data); };
  check(env, napi_wrap(env, functions, environment.get(), finalize, nullptr, &environment->functions_));
  environment->define_raw("call", &Environment::call);
  environment.release();  // the finalizer owns it now
  return functions;
}

Environment& Environment::of(napi_env env, napi_value functions) {
  void* data = nullptr;
  check(env, napi_unwrap(env, functions, &data));
  return *static_cast<Environment*>(data);
}

Environment::~Environment() {
  if (c10::WarningUtils::get_warning_handler() == &warning_collector_) c10::WarningUtils::set_warning_handler(nullptr);
  handles.clear(env_);
  thread->close();
  for (napi_ref reference : {functions_, frame_ref_, make_error_, warn_, serve_}) {
    if (reference != nullptr) napi_delete_reference(env_, reference);
  }
}

napi_value Environment::functions() const {
  napi_value functions = nullptr;
  check(env_, napi_get_reference_value(env_, functions_, &functions));
  return functions;
}

void Environment::define(const char* name, NativeFunction function) {
  napi_value number = nullptr;
  check(env_, napi_create_uint32(env_, static_cast<std::uint32_t>(native_functions_.size()), &number));
  check(env_, napi_set_named_property(env_, functions(), name, number));
  native_functions_.push_back(function);
}

void Environment::define_raw(const char* name, napi_callback function) {
  napi_value callable = nullptr;
  check(env_, napi_create_function(env_, name, NAPI_AUTO_LENGTH, function, this, &callable));
  check(env_, napi_set_named_property(env_, callable, "owner", functions()));
  check(env_, napi_set_named_property(env_, functions(), name, callable));
}

napi_value Environment::call(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_value objects = nullptr;
  std::size_t count = 1;
  napi_get_cb_info(env, info, &count, &objects, nullptr, &data);
  Environment& self = *static_cast<Environment*>(data);
  if (c10::WarningUtils::get_warning_handler() != &self.warning_collector_) {
    c10::WarningUtils::set_warning_handler(&self.warning_collector_);
  }
  napi_value result = nullptr;
  try {
    self.handles.reap(env, kReapedPerCall);
    const double number = self.frame_[0];
    TORCH_CHECK(number >= 0 && number < self.native_functions_.size(), "unknown native function");
    FrameReader in(self, count > 0 ? objects : nullptr);
    FrameWriter out(self);
    self.native_functions_[static_cast<std::size_t>(number)](self, in, out);
    result = out.finish();
  } catch (...) {
    throw_current_exception(self);
  }
  // Warnings wait until JavaScript has read the results: showing them may run anything.
  const bool pressed = roughly_allocated_cpu_bytes() > self.pressure_at || self.device_bytes > self.device_pressure_at;
  const bool waits = pressed || !self.warnings.empty();
  self.frame_[0] = static_cast<double>(waits ? FrameState::kPressure : FrameState::kFine);
  return result;
}

void Environment::grow_frame(std::size_t capacity) {
  napi_value buffer = nullptr;
  void* memory = nullptr;
  check(env_, napi_create_arraybuffer(env_, capacity * sizeof(double), &memory, &buffer));
  napi_ref reference = nullptr;
  check(env_, napi_create_reference(env_, buffer, 1, &reference));
  if (frame_ != nullptr) {
    std::memcpy(memory, frame_, frame_capacity_ * sizeof(double));
    frame_[0] = static_cast<double>(FrameState::kMoved);  // JavaScript still reads the old array
    napi_delete_reference(env_, frame_ref_);
  }
  frame_ref_ = reference;
  frame_ = static_cast<double*>(memory);
  frame_capacity_ = capacity;
}

napi_value Environment::frame_buffer() const {
  napi_value buffer = nullptr;
  check(env_, napi_get_reference_value(env_, frame_ref_, &buffer));
  return buffer;
}

void Environment::throw_error(const char* kind, const std::string& message) {
  napi_value undefined = nullptr;
  napi_value arguments[2] = {};
  napi_value factory = nullptr;
  napi_value error = nullptr;
  napi_get_undefined(env_, &undefined);
  napi_create_string_utf8(env_, kind, NAPI_AUTO_LENGTH, &arguments[0]);
  napi_create_string_utf8(env_, message.data(), message.size(), &arguments[1]);
  const bool made = make_error_ != nullptr && napi_get_reference_value(env_, make_error_, &factory) == napi_ok &&
                    napi_call_function(env_, undefined, factory, 2, arguments, &error) == napi_ok;
  if (made) {
    napi_throw(env_, error);
  } else {
    napi_throw_error(env_, kind, message.c_str());
  }
}

void Environment::throw_pending() {
  napi_value error = nullptr;
  napi_get_and_clear_last_exception(env_, &error);
  throw PendingException(std::make_shared<JsValue>(*this, error));
}

void Environment::rethrow(const PendingException& pending) {
  bool already = false;
  napi_is_exception_pending(env_, &already);
  if (!already && pending.error != nullptr) napi_throw(env_, pending.error->get());
}

napi_ref Environment::hold(const char* name, napi_value callback) {
  check(env_, napi_set_named_property(env_, functions(), name, callback));
  napi_ref reference = nullptr;
  check(env_, napi_create_reference(env_, callback, 0, &reference));
  return reference;
}

void Environment::set_callbacks(napi_value make_error, napi_value warn, napi_value serve) {
  make_error_ = hold("make_error", make_error);
  warn_ = hold("warn", warn);
  serve_ = hold("serve", serve);
}

napi_value Environment::serve(napi_value function, napi_value objects) {
  napi_value undefined = nullptr;
  napi_value serve = nullptr;
  check(env_, napi_get_undefined(env_, &undefined));
  check(env_, napi_get_reference_value(env_, serve_, &serve));
  const napi_value arguments[] = {function, objects == nullptr ? undefined : objects};
  napi_value results = nullptr;
  serving_++;
  const napi_status status = napi_call_function(env_, undefined, serve, 2, arguments, &results);
  serving_--;
  if (status != napi_ok) throw_pending();
  return results;
}

void Environment::flush_warnings() {
  std::vector<std::string> texts = std::exchange(warnings, {});
  napi_value undefined = nullptr;
  napi_value function = nullptr;
  check(env_, napi_get_undefined(env_, &undefined));
  check(env_, napi_get_reference_value(env_, warn_, &function));
  for (std::size_t i = 0; i < texts.size(); i++) {
    napi_value message = nullptr;
    check(env_, napi_create_string_utf8(env_, texts[i].data(), texts[i].size(), &message));
    if (napi_call_function(env_, undefined, function, 1, &message, nullptr) == napi_ok) continue;
    const auto rest = texts.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    warnings.insert(warnings.begin(), std::make_move_iterator(rest), std::make_move_iterator(texts.end()));
    throw_pending();
  }
}

}  // namespace tsorch
