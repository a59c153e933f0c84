// What the caching allocator of an accelerator holds.
#include <c10/core/CachingDeviceAllocator.h>

#include "../environment.h"

namespace tsorch {

namespace {

using Stat = c10::CachingAllocator::Stat;
using StatArray = c10::CachingAllocator::StatArray;
using DeviceStats = c10::CachingDeviceAllocator::DeviceStats;

struct Named {
  const char* name;
  StatArray DeviceStats::*stats;
};

constexpr Named kStatistics[] = {
    {"active", &DeviceStats::active},
    {"active_bytes", &DeviceStats::active_bytes},
    {"allocated_bytes", &DeviceStats::allocated_bytes},
    {"allocation", &DeviceStats::allocation},
    {"inactive_split", &DeviceStats::inactive_split},
    {"inactive_split_bytes", &DeviceStats::inactive_split_bytes},
    {"requested_bytes", &DeviceStats::requested_bytes},
    {"reserved_bytes", &DeviceStats::reserved_bytes},
    {"segment", &DeviceStats::segment},
};

c10::DeviceAllocator* allocator_of(const c10::Device& device) { return at::getDeviceAllocator(device.type()); }

void write_stat(FrameWriter& out, const Stat& stat) {
  for (const std::int64_t value : {stat.current, stat.peak, stat.allocated, stat.freed}) out.integer(value);
}

}  // namespace

void device_memory_stats(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::Device device = in.device();
  const DeviceStats stats = allocator_of(device)->getDeviceStats(device.index());
  constexpr std::size_t kPools = std::tuple_size_v<StatArray>;
  out.list(std::size(kStatistics) + 1);
  for (const Named& each : kStatistics) {
    out.list(1 + 4 * kPools);
    out.string(each.name);
    for (const Stat& stat : stats.*each.stats) write_stat(out, stat);
  }
  out.list(3);
  out.integer(stats.num_alloc_retries);
  out.integer(stats.num_ooms);
  out.integer(stats.max_split_size);
}

void device_memory_reset(Environment&, FrameReader& in, FrameWriter&) {
  const c10::Device device = in.device();
  if (in.boolean()) {
    allocator_of(device)->resetPeakStats(device.index());
  } else {
    allocator_of(device)->resetAccumulatedStats(device.index());
  }
}

void device_memory_info(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::Device device = in.device();
  const auto [free, total] = allocator_of(device)->getMemoryInfo(device.index());
  out.list(2);
  out.integer(static_cast<std::int64_t>(free));
  out.integer(static_cast<std::int64_t>(total));
}

}  // namespace tsorch
