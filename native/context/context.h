// Settings of libtorch itself.
#pragma once

#include "../environment.h"

namespace tsorch {

/// () -> libtorch's version
void libtorch_version(Environment&, FrameReader&, FrameWriter&);
/// () -> how libtorch was built, in its own words
void build_configuration(Environment&, FrameReader&, FrameWriter&);
void get_num_threads(Environment&, FrameReader&, FrameWriter&);
void set_num_threads(Environment&, FrameReader&, FrameWriter&);
/// (count) how many threads the operators of this thread use; `set_num_threads` is for all
void set_thread_parallelism(Environment&, FrameReader&, FrameWriter&);
void get_default_dtype(Environment&, FrameReader&, FrameWriter&);
void set_default_dtype(Environment&, FrameReader&, FrameWriter&);
/// (name) -> whether that switch is on; flags.cpp lists them
void get_flag(Environment&, FrameReader&, FrameWriter&);
/// (name, value)
void set_flag(Environment&, FrameReader&, FrameWriter&);
/// (name) -> whether libtorch was built with it
void has_feature(Environment&, FrameReader&, FrameWriter&);
/// () -> "highest", "high" or "medium"
void get_float32_matmul_precision(Environment&, FrameReader&, FrameWriter&);
void set_float32_matmul_precision(Environment&, FrameReader&, FrameWriter&);
/// (flush) -> whether the processor can
void set_flush_denormal(Environment&, FrameReader&, FrameWriter&);
void get_num_interop_threads(Environment&, FrameReader&, FrameWriter&);
void set_num_interop_threads(Environment&, FrameReader&, FrameWriter&);
/// (must be usable) -> the accelerator's device type, or nothing
void current_accelerator(Environment&, FrameReader&, FrameWriter&);
void accelerator_count(Environment&, FrameReader&, FrameWriter&);
void accelerator_index(Environment&, FrameReader&, FrameWriter&);
void set_accelerator_index(Environment&, FrameReader&, FrameWriter&);
/// (index) waits for its work
void synchronize_accelerator(Environment&, FrameReader&, FrameWriter&);
/// (device) -> [name, then current, peak, allocated, freed of all memory, small blocks, large blocks] for each
/// statistic, and [retries, failures, largest block that is split]
void device_memory_stats(Environment&, FrameReader&, FrameWriter&);
/// (device, the peaks rather than the sums) starts counting anew
void device_memory_reset(Environment&, FrameReader&, FrameWriter&);
/// (device) -> bytes free, bytes in all
void device_memory_info(Environment&, FrameReader&, FrameWriter&);
/// (index) -> name, bytes of memory, and the attributes that cuda_driver.cpp lists
void cuda_properties(Environment&, FrameReader&, FrameWriter&);
/// (device) -> how many of its type can be used
void device_count(Environment&, FrameReader&, FrameWriter&);
/// (values, 'f' or 'e', digits) -> texts, rounded half to even as C's printf does and JavaScript's toFixed does not
void format_numbers(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
