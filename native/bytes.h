// The memory of JavaScript's buffers.
#pragma once

#include <napi.h>

#include <cstddef>

namespace tsorch {

/// Memory that a JavaScript object owns.
struct Bytes {
  char* data = nullptr;
  std::size_t length = 0;
  Napi::Value buffer;  // the ArrayBuffer or SharedArrayBuffer that they lie in
};

/// The bytes of an ArrayBuffer, a typed array, a DataView or a Buffer; a type error for anything else, a
/// SharedArrayBuffer without a view included, which Node-API does not know.
Bytes bytes_of(Napi::Value value);

}  // namespace tsorch
