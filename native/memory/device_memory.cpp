#include "device_memory.h"

#include <ATen/DeviceAccelerator.h>
#include <c10/core/CachingDeviceAllocator.h>

namespace tsorch {

namespace {

/// The accelerator's allocator, or nullptr before its first use.
c10::DeviceAllocator* device_allocator() {
  const auto type = at::getAccelerator(false);
  if (!type) return nullptr;
  auto* allocator = dynamic_cast<c10::DeviceAllocator*>(c10::GetAllocator(*type));
  return allocator != nullptr && allocator->initialized() ? allocator : nullptr;
}

}  // namespace

std::int64_t new_device_bytes(const at::Tensor& tensor) {
  if (!tensor.has_storage() || tensor.storage().use_count() > 1) return 0;
  return static_cast<std::int64_t>(tensor.storage().nbytes());
}

std::int64_t allocated_device_bytes() {
  auto* allocator = device_allocator();
  if (allocator == nullptr) return 0;
  constexpr auto kAll = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  std::int64_t bytes = 0;
  for (c10::DeviceIndex device = 0; device < at::accelerator::deviceCount(); device++) {
    bytes += allocator->getDeviceStats(device).allocated_bytes[kAll].current;
  }
  return bytes;
}

void empty_device_cache() {
  if (auto* allocator = device_allocator()) allocator->emptyCache();
}

}  // namespace tsorch
