// What lib/memory.ts asks of the handle table. See docs on memory for the whole scheme.
#pragma once

#include "../environment.h"

namespace tsorch {

/// (count, handles without tags) frees each at once
void release(Environment&, FrameReader&, FrameWriter&);
/// (handles without tags) and their objects as arguments of Node-API: from now on the collector decides
napi_value weaken(napi_env env, napi_callback_info info);
/// (everything, at once) frees what was collected, now or along with the next operators
void sweep(Environment&, FrameReader&, FrameWriter&);
/// () -> live tensors, live handles, bytes of CPU memory, bytes of the accelerator's, graph nodes this thread ever
/// made, bytes of buffers that tensors borrow from, bytes of storages that are lent to buffers
void memory_stats(Environment&, FrameReader&, FrameWriter&);
/// (CPU bytes, new device bytes) from which on calls report pressure
void set_pressure(Environment&, FrameReader&, FrameWriter&);
/// (handle) -> whether it is alive
void is_alive(Environment&, FrameReader&, FrameWriter&);
/// (bytes) tells V8 how much more memory its objects keep alive
void adjust_external_memory(Environment&, FrameReader&, FrameWriter&);
/// () gives kept blocks back: this thread's to malloc, those of the accelerator, if there is one, to its driver
void empty_caches(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
