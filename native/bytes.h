// The memory of JavaScript's buffers.
#pragma once

#include <node_api.h>

#include <cstddef>

namespace tsorch {

/// Memory that a JavaScript object owns.
struct Bytes {
  char* data = nullptr;
  std::size_t length = 0;
  napi_value buffer = nullptr;  // the ArrayBuffer or SharedArrayBuffer that they lie in
};

/// The bytes of an ArrayBuffer, a typed array, a DataView or a Buffer; a type error for anything else, a
/// SharedArrayBuffer without a view included, which Node-API does not know.
Bytes bytes_of(napi_env env, napi_value value);

}  // namespace tsorch
