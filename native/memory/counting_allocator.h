// Counts the bytes that libtorch's CPU allocator has handed out, graph buffers included.
//
// libtorch has one CPU allocator per process; so has this counter. It is the only state outside an Environment.
#pragma once

#include <cstdint>

namespace tsorch {

/// Wraps libtorch's CPU allocator. Calls after the first do nothing.
void install_counting_allocator();

std::int64_t allocated_cpu_bytes();

}  // namespace tsorch
