#include "buffer_memory.h"

#include <ATen/ops/from_blob.h>

namespace tsorch {

namespace {

struct KeptBuffer {
  std::shared_ptr<ValueStore> values;
  ValueStore::Slot slot;
};

void drop_buffer(void* context) {
  const std::unique_ptr<KeptBuffer> kept(static_cast<KeptBuffer*>(context));
  kept->values->drop_later(kept->slot);
}

}  // namespace

at::Tensor tensor_in_buffer(void* data, std::int64_t elements, at::ScalarType dtype, std::shared_ptr<ValueStore> values,
                            napi_value buffer) {
  const ValueStore::Slot slot = values->keep(buffer);
  auto kept = std::make_unique<KeptBuffer>(KeptBuffer{std::move(values), slot});
  return at::for_blob(data, {elements}).context(kept.release(), &drop_buffer).options(dtype).make_tensor();
}

bool is_buffer_memory(const c10::DataPtr& memory) { return memory.get_deleter() == &drop_buffer; }

}  // namespace tsorch
