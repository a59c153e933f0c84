// What lib/memory.ts asks of the handle table. See docs on memory for the whole scheme.
#pragma once

#include "../environment.h"

namespace tsorch {

/// (handles: a list of raw handles) frees each at once
void release(Environment&, FrameReader&, FrameWriter&);
/// (handles) and an array of their objects: from now on the collector decides
void weaken(Environment&, FrameReader&, FrameWriter&);
/// (everything, at once) frees what was collected, now or along with the next operators
void sweep(Environment&, FrameReader&, FrameWriter&);
/// () -> live tensors, live handles, bytes of CPU memory, bytes of the accelerator's
void memory_stats(Environment&, FrameReader&, FrameWriter&);
/// (CPU bytes, new device bytes) from which on calls report pressure
void set_pressure(Environment&, FrameReader&, FrameWriter&);
/// (handle) -> whether it is alive
void is_alive(Environment&, FrameReader&, FrameWriter&);
/// (bytes) tells V8 how much more memory its objects keep alive
void adjust_external_memory(Environment&, FrameReader&, FrameWriter&);
/// () gives the cached blocks of the accelerator, if there is one, back to its driver
void empty_caches(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
