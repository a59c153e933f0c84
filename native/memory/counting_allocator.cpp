#include "counting_allocator.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <malloc.h>

#include <array>
#include <atomic>
#include <bit>
#include <mutex>
#include <vector>

namespace tsorch {

namespace {

std::atomic<std::int64_t> bytes{0};

// ---- small blocks
//
// Tensors die in batches, when a collection finds them; malloc's own cache of aligned blocks is far smaller than a
// batch. Each thread keeps the blocks of small tensors it freed: measured on `add` of 2x2 tensors, see
// docs/performance.md.

constexpr std::size_t kSmallest = 64;  // also the alignment libtorch wants
constexpr std::size_t kClasses = 5;    // 64, 128, 256, 512, 1024 bytes and a little more
constexpr std::size_t kLargest = kSmallest << (kClasses - 1);
constexpr std::size_t kCached = 4096;  // blocks of each class a thread keeps

/// Tells late destructors of other thread-locals that the cache is gone.
thread_local bool cache_closed = false;

struct BlockCache {
  std::array<std::vector<void*>, kClasses> blocks;

  ~BlockCache() {
    cache_closed = true;
    for (const auto& list : blocks) {
      for (void* block : list) c10::free_cpu(block);
    }
  }
};

BlockCache& block_cache() {
  thread_local BlockCache cache;
  return cache;
}

std::vector<void*>& cached_blocks(std::size_t index) { return block_cache().blocks[index]; }

/// The smallest class whose blocks hold `size` bytes.
std::size_t class_to_hold(std::size_t size) { return size <= kSmallest ? 0 : std::bit_width((size - 1) / kSmallest); }

/// The largest class that a block of `size` bytes can serve; kClasses or more when it is no small block.
std::size_t class_served_by(std::size_t size) { return std::bit_width(size / kSmallest) - 1; }

void* allocate_small(std::size_t size) {
  const std::size_t index = class_to_hold(size);
  if (cache_closed || cached_blocks(index).empty()) return c10::alloc_cpu(kSmallest << index);
  void* memory = cached_blocks(index).back();
  cached_blocks(index).pop_back();
  return memory;
}

/// Every block is malloc's own, so its size need not be stored anywhere.
void free_counted(void* memory) {
  if (memory == nullptr) return;
  const std::size_t size = malloc_usable_size(memory);
  bytes.fetch_sub(static_cast<std::int64_t>(size), std::memory_order_relaxed);
  const std::size_t index = class_served_by(size);
  if (index >= kClasses || cache_closed || cached_blocks(index).size() >= kCached) return c10::free_cpu(memory);
  cached_blocks(index).push_back(memory);
}

class CountingAllocator final : public c10::Allocator {
 public:
  explicit CountingAllocator(c10::Allocator& base) : base_(base) {}

  c10::DataPtr allocate(std::size_t size) override {
    c10::DataPtr data;
    if (size > 0 && size <= kLargest) {
      void* memory = allocate_small(size);
      data = {memory, memory, &free_counted, c10::Device(c10::DeviceType::CPU)};
    } else {
      data = base_.allocate(size);
      if (data.get() == nullptr || !data.compare_exchange_deleter(base_.raw_deleter(), &free_counted)) return data;
    }
    bytes.fetch_add(static_cast<std::int64_t>(malloc_usable_size(data.get())), std::memory_order_relaxed);
    return data;
  }

  c10::DeleterFnPtr raw_deleter() const override { return &free_counted; }

  void copy_data(void* to, const void* from, std::size_t count) const override { base_.copy_data(to, from, count); }

 private:
  c10::Allocator& base_;
};

/// A training step frees what its forward pass made, and the next one takes it again. By default malloc gives up to 64
/// MiB of it back to the system in between, and the pages have to be cleared anew: a third of the time of the lecture's
/// CNN.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // where the default, which adapts itself, ends too
  mallopt(M_TRIM_THRESHOLD, 128 << 20);
#endif
}

CountingAllocator& instance() {
  static CountingAllocator allocator(*c10::GetCPUAllocator());
  return allocator;
}

}  // namespace

void install_counting_allocator() {
  static std::once_flag once;
  std::call_once(once, [] {
    keep_freed_memory();
    c10::SetCPUAllocator(&instance());
  });
}

std::int64_t allocated_cpu_bytes() { return bytes.load(std::memory_order_relaxed); }

}  // namespace tsorch
