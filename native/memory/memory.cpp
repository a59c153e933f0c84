#include "memory.h"

#include "../errors.h"
#include "counting_allocator.h"
#include "device_memory.h"

namespace tsorch {

void release(Environment& environment, FrameReader& in, FrameWriter&) {
  const std::int64_t count = in.list();
  std::vector<Handle> handles(count);
  for (Handle& handle : handles) handle = in.handle();
  for (const Handle handle : handles) environment.handles.release(environment.env(), handle);
}

void weaken(Environment& environment, FrameReader& in, FrameWriter&) {
  const std::int64_t count = in.list();
  for (std::int64_t i = 0; i < count; i++) {
    const Handle handle = in.handle();
    environment.handles.weaken(environment.env(), handle, in.object());
  }
}

void sweep(Environment& environment, FrameReader& in, FrameWriter&) {
  const bool everything = in.boolean();
  const bool at_once = in.boolean();
  environment.values->drain();
  environment.handles.sweep(environment.env(), everything);
  if (at_once) environment.handles.reap(environment.env(), SIZE_MAX);
}

void memory_stats(Environment& environment, FrameReader&, FrameWriter& out) {
  out.list(4);
  out.integer(static_cast<std::int64_t>(environment.handles.live_tensors()));
  out.integer(static_cast<std::int64_t>(environment.handles.live()));
  out.integer(allocated_cpu_bytes());
  out.integer(allocated_device_bytes());
}

void set_pressure(Environment& environment, FrameReader& in, FrameWriter&) {
  environment.pressure_at = in.integer();
  environment.device_pressure_at = in.integer();
  environment.device_bytes = 0;
}

void is_alive(Environment& environment, FrameReader& in, FrameWriter& out) {
  out.boolean(environment.handles.contains(in.handle()));
}

void adjust_external_memory(Environment& environment, FrameReader& in, FrameWriter&) {
  std::int64_t total = 0;
  check(environment.env(), napi_adjust_external_memory(environment.env(), in.integer(), &total));
}

void empty_caches(Environment&, FrameReader&, FrameWriter&) { empty_device_cache(); }

}  // namespace tsorch
