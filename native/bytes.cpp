#include "bytes.h"

#include <c10/util/Exception.h>

#include "errors.h"

namespace tsorch {

Bytes bytes_of(napi_env env, napi_value value) {
  bool is = false;
  void* data = nullptr;
  std::size_t length = 0;
  napi_value buffer = value;
  if (napi_is_arraybuffer(env, value, &is) == napi_ok && is) {
    check(env, napi_get_arraybuffer_info(env, value, &data, &length));
  } else if (napi_is_typedarray(env, value, &is) == napi_ok && is) {
    napi_typedarray_type type{};
    std::size_t count = 0;
    check(env, napi_get_typedarray_info(env, value, &type, &count, &data, &buffer, nullptr));
    static constexpr std::size_t kWidths[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
    length = count * kWidths[type];
  } else if (napi_is_dataview(env, value, &is) == napi_ok && is) {
    check(env, napi_get_dataview_info(env, value, &length, &data, &buffer, nullptr));
  } else {
    TORCH_CHECK_TYPE(false, "expected an ArrayBuffer, a Buffer or a typed array");
  }
  if (length == 0) {
    TORCH_CHECK_TYPE(napi_is_detached_arraybuffer(env, buffer, &is) != napi_ok || !is,
                     "this buffer was transferred elsewhere, and has no memory any more");
  }
  return {static_cast<char*>(data), length, buffer};
}

}  // namespace tsorch
