#include "memory.h"

#include <ATen/SequenceNumber.h>

#include "buffer_memory.h"
#include "counting_allocator.h"
#include "device_memory.h"

namespace tsorch {

void release(Environment& environment, FrameReader& in, FrameWriter&) {
  std::vector<Handle> handles(in.raw());
  for (Handle& handle : handles) handle = in.raw_handle();
  for (const Handle handle : handles) environment.handles.release(environment.env(), handle);
}

Napi::Value weaken(Environment& environment, const Napi::CallbackInfo& info) {
  FrameReader in(environment, {});
  for (std::size_t i = 0; i < info.Length(); i++) {
    environment.handles.weaken(environment.env(), in.raw_handle(), info[i]);
  }
  return {};
}

void sweep(Environment& environment, FrameReader& in, FrameWriter&) {
  const bool everything = in.boolean();
  const bool at_once = in.boolean();
  environment.values->drain();
  BufferMemory::of_thread().end_loans();
  environment.handles.sweep(environment.env(), everything);
  if (at_once) environment.handles.reap(environment.env(), SIZE_MAX);
}

void memory_stats(Environment& environment, FrameReader&, FrameWriter& out) {
  out.list(7);
  out.integer(static_cast<std::int64_t>(environment.handles.live_tensors()));
  out.integer(static_cast<std::int64_t>(environment.handles.live()));
  out.integer(allocated_cpu_bytes());
  out.integer(allocated_device_bytes());
  out.integer(static_cast<std::int64_t>(at::sequence_number::peek()));
  out.integer(BufferMemory::of_thread().borrowed());
  out.integer(BufferMemory::of_thread().lent());
}

void show_warnings(Environment& environment, FrameReader&, FrameWriter&) { environment.flush_warnings(); }

void set_pressure(Environment& environment, FrameReader& in, FrameWriter&) {
  environment.pressure_at = in.integer();
  environment.device_pressure_at = in.integer();
  environment.device_bytes = 0;
}

void is_alive(Environment& environment, FrameReader& in, FrameWriter& out) {
  out.boolean(environment.handles.contains(in.handle()));
}

void adjust_external_memory(Environment& environment, FrameReader& in, FrameWriter&) {
  Napi::MemoryManagement::AdjustExternalMemory(environment.env(), in.integer());
}

void empty_caches(Environment&, FrameReader&, FrameWriter&) {
  empty_cpu_cache();
  empty_device_cache();
}

}  // namespace tsorch
