#include "bytes.h"

#include <c10/util/Exception.h>

namespace tsorch {

namespace {

/// The bytes of a view, and what it is a view of.
template <typename View>
Bytes bytes_of_view(View view) {
  return {static_cast<char*>(static_cast<void*>(view.Data())), view.ByteLength(), view.Buffer()};
}

Bytes located(Napi::Value value) {
  if (value.IsArrayBuffer()) {
    auto buffer = value.As<Napi::ArrayBuffer>();
    return {static_cast<char*>(buffer.Data()), buffer.ByteLength(), buffer};
  }
  if (value.IsTypedArray()) return bytes_of_view(value.As<Napi::Uint8Array>());  // the kind matters to elements only
  if (value.IsDataView()) return bytes_of_view(value.As<Napi::DataView>());
  TORCH_CHECK_TYPE(false, "expected an ArrayBuffer, a Buffer or a typed array");
}

}  // namespace

Bytes bytes_of(Napi::Value value) {
  const Bytes bytes = located(value);
  TORCH_CHECK_TYPE(bytes.length > 0 || !bytes.buffer.As<Napi::ArrayBuffer>().IsDetached(),
                   "this buffer was transferred elsewhere, and has no memory any more");
  return bytes;
}

}  // namespace tsorch
