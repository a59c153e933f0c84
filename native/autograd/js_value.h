// JavaScript values that native objects own.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <optional>

#include "../frame.h"
#include "../memory/value_store.h"
#include "js_thread.h"

namespace tsorch {

/// Keeps a JavaScript value alive. Made on JavaScript's thread, destroyed on any, possibly after the environment.
class JsValue {
 public:
  JsValue(Environment& environment, Napi::Value value);
  ~JsValue() { reset(); }
  JsValue(const JsValue&) = delete;
  JsValue& operator=(const JsValue&) = delete;

  /// The value; empty after `reset` or when it was collected while loose. JavaScript's thread only.
  Napi::Value get() const;
  /// Lets go of the value.
  void reset();
  bool empty() const { return !slot_.has_value(); }

  /// Leaves the value to the collector, and takes hold of it again if it has survived. See reach.cpp.
  void loosen();
  void fasten();

  JsThread& thread() const { return *thread_; }

 private:
  std::shared_ptr<JsThread> thread_;
  std::shared_ptr<ValueStore> values_;
  std::optional<ValueStore::Slot> slot_;
  Napi::ObjectReference loose_;  // weak, while loose
};

using WriteArguments = std::function<void(FrameWriter&)>;
using ReadResult = std::function<void(FrameReader&)>;

/// Calls a JavaScript function with one list of arguments and reads its result; from any thread. An empty one is
/// not called. What it throws arrives here as PendingException.
void call_function(const JsValue& function, const WriteArguments& write, const ReadResult& read);

/// The function's name as Python would show it: `<lambda>` when it has none. JavaScript's thread only.
std::string function_name(const JsValue& function);

}  // namespace tsorch
