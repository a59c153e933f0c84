// One place where C++ exceptions become JavaScript errors.
#pragma once

#include <node_api.h>

#include <stdexcept>
#include <string>

namespace tsorch {

class Environment;

/// A JavaScript exception on its way through C++ frames (libtorch's among them).
/// The thrown value waits in the Environment; see Environment::stash_exception.
struct PendingException : std::runtime_error {
  PendingException() : std::runtime_error("a JavaScript callback threw") {}
};

/// Throws the exception being handled into JavaScript. Call inside a catch block only.
void throw_current_exception(Environment& environment);

/// Turns a failed Node-API status into a C++ exception.
void check(napi_env env, napi_status status);

}  // namespace tsorch
