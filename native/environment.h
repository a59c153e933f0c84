// The state of one copy of the facade: each thread has one, and in jest each test file. There are no globals beside it.
//
// Ownership: the object of native functions owns the Environment, and each function refers to that object. What native
// code needs of JavaScript is a property of it too, held here by weak references only: so a copy of the facade that
// nobody can reach is collected, and its Environment frees every native object it has.
#pragma once

#include <ATen/core/ivalue.h>
#include <c10/core/InferenceMode.h>
#include <napi.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "autograd/hook_table.h"
#include "autograd/js_thread.h"
#include "errors.h"
#include "frame.h"
#include "handle_table.h"
#include "memory/value_store.h"
#include "warnings.h"

namespace tsorch {

class Job;
class Mailbox;
class Profiler;
struct LoweredLayer;
struct Operator;

/// Every native function has this form; lib/native/functions.ts lists them.
using NativeFunction = void (*)(Environment&, FrameReader&, FrameWriter&);

class Environment {
 public:
  /// Makes an Environment, which the object of its functions owns: the way to make one.
  static Environment& open(Napi::Env env);
  explicit Environment(Napi::Object functions);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  Napi::Env env() const { return env_; }
  Napi::Object functions() const { return functions_.Value(); }

  /// Gives `function` a number, which JavaScript finds as `functions[name]`. One function of Node-API,
  /// `call(objects?)`, serves them all: slot 0 of the frame says which is meant. V8 calls a function that is always the
  /// same 50 ns faster.
  void define(const char* name, NativeFunction function);
  /// The native functions by their numbers. Who wants to see each call puts others in their places: see
  /// profiler/stack_tracer.h.
  std::vector<NativeFunction>& native_functions() { return native_functions_; }
  /// Makes a function that takes its arguments from Node-API.
  template <Napi::Value (*function)(Environment&, const Napi::CallbackInfo&)>
  void define(const char* name) {
    add(name, Napi::Function::New<&from_node<function>>(env_, name, this));
  }

  // The frame: an array of doubles shared with JavaScript.
  double* frame() { return frame_; }
  std::size_t frame_capacity() const { return frame_capacity_; }
  /// Replaces the frame by one of at least `capacity` slots and keeps its contents.
  void grow_frame(std::size_t capacity);
  Napi::ArrayBuffer frame_buffer() const { return frame_buffer_.Value(); }

  // Errors.
  void throw_error(const char* kind, const std::string& message);
  /// What JavaScript threw, in a form that may cross libtorch's frames and threads; `rethrow` throws it on.
  PendingException taken_along(const Napi::Error& error);
  void rethrow(const PendingException& pending);

  /// JavaScript functions that native code calls: see lib/native/addon.ts.
  void set_callbacks(Napi::Function make_error, Napi::Function warn, Napi::Function serve);
  void flush_warnings();
  /// Calls a function with the list of arguments in the frame; its result is in the frame and the returned objects.
  Napi::Value serve(Napi::Value function, Napi::Value objects);
  /// Whether native code waits for such a call.
  bool is_calling_javascript() const { return serving_ > 0; }

  HandleTable handles;
  HookTable hooks;
  std::shared_ptr<ValueStore> values;
  std::shared_ptr<JsThread> thread = std::make_shared<JsThread>(*this);
  std::shared_ptr<std::deque<Operator>> operators;  // jobs share them
  std::shared_ptr<Job> recording;                   // where calls are written down instead of run: see async/job.h
  std::shared_ptr<Mailbox> mailbox;
  std::shared_ptr<Profiler> profiler;  // the profile under way on this thread, if any
  std::vector<std::unique_ptr<c10::InferenceMode>> inference_modes;
  std::vector<std::shared_ptr<LoweredLayer>> lowered;  // transforms taken off for a while: see func/layers.cpp

  std::vector<JsValue*> loose;  // values left to the collector while it runs: see autograd/reach.cpp
  std::size_t passes = 0;       // backward passes under way, nested ones included
  bool lend_passes = false;     // run them on another thread even where this one would do

  /// Operand stacks of boxed calls, one a nesting level, reused so that a call does not allocate.
  std::deque<std::vector<c10::IValue>> stacks;
  std::size_t depth = 0;

  /// Bytes of CPU memory at which JavaScript is asked to collect; lib/native/memory.ts moves it after each collection.
  std::int64_t pressure_at = 8 << 20;
  /// The same for other devices, of what results have brought since the last collection.
  std::int64_t device_pressure_at = 256 << 20;
  std::int64_t device_bytes = 0;
  std::vector<std::string> warnings;

 private:
  static napi_value call(napi_env env, napi_callback_info info);
  template <Napi::Value (*function)(Environment&, const Napi::CallbackInfo&)>
  static Napi::Value from_node(const Napi::CallbackInfo& info) {
    auto& self = *static_cast<Environment*>(info.Data());
    return guarded(self, [&] { return function(self, info); });
  }
  void add(const char* name, Napi::Function function);
  /// Keeps a callback as a property of the functions' object, and gives a weak reference to it.
  Napi::FunctionReference hold(const char* name, Napi::Function callback);

  Napi::Env env_;
  WarningCollector warning_collector_{warnings};  // the thread's handler from this copy's last call on
  Napi::ObjectReference functions_;               // weak
  std::vector<NativeFunction> native_functions_;  // by their numbers
  Napi::Reference<Napi::ArrayBuffer> frame_buffer_;
  double* frame_ = nullptr;
  std::size_t frame_capacity_ = 0;
  Napi::FunctionReference make_error_;  // weak, as are the two below
  Napi::FunctionReference warn_;
  Napi::FunctionReference serve_;
  std::size_t serving_ = 0;
};

}  // namespace tsorch
