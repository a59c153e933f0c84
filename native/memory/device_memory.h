// Memory of accelerators. libtorch's allocators for them cannot be wrapped as the CPU's is, and asking them for their
// statistics takes locks: so results on devices are counted as they are made, and the allocators asked at collections.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tsorch {

/// The memory that a new result brought with it: none for a view. A meta tensor counts as if it had memory.
std::int64_t new_device_bytes(const at::Tensor& tensor);

/// What tensors and graphs hold now on all devices of the accelerator; 0 without one.
std::int64_t allocated_device_bytes();

/// Gives the cached blocks of the accelerator, if there is one, back to its driver.
void empty_device_cache();

}  // namespace tsorch
