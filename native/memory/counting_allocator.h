// Counts the bytes that libtorch's CPU allocator has handed out, graph buffers included, and those that tensors borrow.
//
// libtorch has one CPU allocator per process; so has this counter. It is the only state outside an Environment. A
// second copy of the addon finds the first one's counter in that allocator and uses it.
#pragma once

#include <cstdint>

namespace tsorch {

/// Wraps libtorch's CPU allocator, unless another copy of the addon has. Calls after the first do nothing.
void install_counting_allocator();

/// Gives the blocks that the calling thread keeps for the next tensors back to malloc.
void empty_cpu_cache();

/// Counts memory that tensors keep alive and the allocator did not give them: that of JavaScript's buffers.
void count_cpu_bytes(std::int64_t change);

/// Tells libtorch's profiler of each block that is handed out or comes back; each `true` wants its `false`.
void report_cpu_memory(bool on);

/// Exact for what the calling thread did; each other thread may be 64 KiB ahead.
std::int64_t allocated_cpu_bytes();
/// Cheaper, the calling thread's last 64 KiB aside.
std::int64_t roughly_allocated_cpu_bytes();

}  // namespace tsorch
