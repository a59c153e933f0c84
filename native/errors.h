// One place where C++ exceptions become JavaScript errors.
#pragma once

#include <c10/util/Exception.h>
#include <node_api.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace tsorch {

/// A condition that Python asserts does not hold.
class AssertionError : public c10::Error {
  using Error::Error;
};

class Environment;
class JsValue;

/// A JavaScript exception on its way through C++ frames (libtorch's among them, on any thread).
struct PendingException : std::runtime_error {
  /// `box` holds the thrown value in an array; without one it is still pending in the environment.
  explicit PendingException(std::shared_ptr<JsValue> error = nullptr)
      : std::runtime_error("a JavaScript callback threw"), error(std::move(error)) {}
  std::shared_ptr<JsValue> error;
};

/// Throws the exception being handled into JavaScript. Call inside a catch block only.
void throw_current_exception(Environment& environment);

/// Turns a failed Node-API status into a C++ exception.
void check(napi_env env, napi_status status);

}  // namespace tsorch
