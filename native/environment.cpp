#include "environment.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/util/Exception.h>
#include <c10/util/ScopeExit.h>

#include <cstring>

#include "async/job.h"
#include "autograd/js_value.h"
#include "memory/counting_allocator.h"
#include "operators/operator.h"
#include "profiler/profiler.h"
#include "warnings.h"

namespace tsorch {

namespace {

constexpr std::size_t kInitialFrame = 4096;

/// As many as most calls make: malloc then hands out what was freed just before, where it must search after freeing
/// more.
constexpr std::size_t kReapedPerCall = 1;

}  // namespace

Environment::Environment(Napi::Object functions)
    : values(std::make_shared<ValueStore>(functions)),
      operators(std::make_shared<std::deque<Operator>>()),
      mailbox(std::make_shared<Mailbox>()),
      env_(functions.Env()),
      functions_(Napi::Weak(functions)) {
  grow_frame(kInitialFrame);
}

Environment& Environment::open(Napi::Env env) {
  const Napi::Object functions = Napi::Object::New(env);
  auto made = std::make_unique<Environment>(functions);
  functions.AddFinalizer([](Napi::Env, Environment* ended) { delete ended; }, made.get());
  Environment& environment = *made.release();  // the finalizer owns it now
  napi_value call = nullptr;
  check(env, napi_create_function(env, "call", NAPI_AUTO_LENGTH, &Environment::call, &environment, &call));
  environment.add("call", Napi::Function(env, call));
  return environment;
}

Environment::~Environment() {
  if (c10::WarningUtils::get_warning_handler() == &warning_collector_) c10::WarningUtils::set_warning_handler(nullptr);
  handles.clear(env_);
  thread->close();
  values->close();
}

void Environment::define(const char* name, NativeFunction function) {
  functions().Set(name, static_cast<double>(native_functions_.size()));
  native_functions_.push_back(function);
}

void Environment::add(const char* name, Napi::Function function) {
  function.Set("owner", functions());
  functions().Set(name, function);
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
  Napi::Value result;
  try {
    self.handles.reap(self.env_, kReapedPerCall);
    const double number = self.frame_[0];
    TORCH_CHECK(number >= 0 && number < self.native_functions_.size(), "unknown native function");
    FrameReader in(self, count > 0 ? Napi::Value(env, objects) : Napi::Value());
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
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env_, capacity * sizeof(double));
  if (frame_ != nullptr) {
    std::memcpy(buffer.Data(), frame_, frame_capacity_ * sizeof(double));
    frame_[0] = static_cast<double>(FrameState::kMoved);  // JavaScript still reads the old array
  }
  frame_buffer_ = Napi::Persistent(buffer);
  frame_ = static_cast<double*>(buffer.Data());
  frame_capacity_ = capacity;
}

void Environment::throw_error(const char* kind, const std::string& message) {
  try {
    if (make_error_.IsEmpty()) throw Napi::Error::New(env_, message);
    const Napi::Value error = make_error_.Call({Napi::String::New(env_, kind), Napi::String::New(env_, message)});
    throw Napi::Error(env_, error);
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
  }
}

PendingException Environment::taken_along(const Napi::Error& error) {
  try {
    return PendingException(std::make_shared<JsValue>(*this, error.Value()));
  } catch (const Napi::Error&) {
    return PendingException();  // the thread ends, and nothing will look at it
  }
}

void Environment::rethrow(const PendingException& pending) {
  if (pending.error == nullptr) return throw_error("RuntimeError", pending.what());
  Napi::Error(env_, pending.error->get()).ThrowAsJavaScriptException();
}

Napi::FunctionReference Environment::hold(const char* name, Napi::Function callback) {
  functions().Set(name, callback);
  return Napi::Weak(callback);
}

void Environment::set_callbacks(Napi::Function make_error, Napi::Function warn, Napi::Function serve) {
  make_error_ = hold("make_error", make_error);
  warn_ = hold("warn", warn);
  serve_ = hold("serve", serve);
}

Napi::Value Environment::serve(Napi::Value function, Napi::Value objects) {
  serving_++;
  const auto served = c10::make_scope_exit([&] { serving_--; });
  return serve_.Value().Call({function, objects.IsEmpty() ? env_.Undefined() : objects});
}

void Environment::flush_warnings() {
  std::vector<std::string> texts = std::exchange(warnings, {});
  for (auto text = texts.begin(); text != texts.end(); ++text) {
    try {
      warn_.Value().Call({Napi::String::New(env_, *text)});
    } catch (const Napi::Error&) {
      warnings.insert(warnings.begin(), std::make_move_iterator(text + 1), std::make_move_iterator(texts.end()));
      throw;
    }
  }
}

}  // namespace tsorch
