// Memory of tensors that belongs to JavaScript buffers, and so to one thread.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "value_store.h"

namespace tsorch {

/// A tensor of one dimension over memory inside a JavaScript buffer, which it keeps alive.
at::Tensor tensor_in_buffer(void* data, std::int64_t elements, at::ScalarType dtype, std::shared_ptr<ValueStore> values,
                            napi_value buffer);

bool is_buffer_memory(const c10::DataPtr& memory);

}  // namespace tsorch
