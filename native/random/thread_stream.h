// A random stream of a thread's own.
//
// libtorch has one default generator per process, so worker threads would draw from the stream of the main thread, and
// reseed it. In a thread that has opened a stream of its own, operators that are given no generator draw from that one.
#pragma once

#include <ATen/core/Generator.h>

namespace tsorch {

/// Gives this thread a CPU stream of its own; later calls do nothing.
void open_thread_stream();

/// The stream of this thread, if it has opened one; undefined otherwise.
const at::Generator& thread_stream();

}  // namespace tsorch
