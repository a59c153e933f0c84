// One place where C++ exceptions become JavaScript errors.
#pragma once

#include <c10/util/Exception.h>
#include <napi.h>

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
  /// `error` is what was thrown; null where it could not be kept, since the thread ends.
  explicit PendingException(std::shared_ptr<JsValue> error = nullptr)
      : std::runtime_error("a JavaScript callback threw"), error(std::move(error)) {}
  std::shared_ptr<JsValue> error;
};

/// Throws the exception being handled into JavaScript. Call inside a catch block only.
void throw_current_exception(Environment& environment);

/// Runs `work` for JavaScript: what it throws arrives there as the error it stands for.
template <typename Work>
Napi::Value guarded(Environment& environment, const Work& work) {
  try {
    return work();
  } catch (...) {
    throw_current_exception(environment);
    return {};
  }
}

/// Turns a failed status of Node-API into a C++ exception, as its classes do.
inline void check(Napi::Env env, napi_status status) {
  if (status != napi_ok) throw Napi::Error::New(env);
}

}  // namespace tsorch
