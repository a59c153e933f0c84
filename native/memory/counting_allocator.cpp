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

std::int64_t size_of(void* memory) { return static_cast<std::int64_t>(malloc_usable_size(memory)); }

// ---- small blocks
//
// Tensors die in batches, when a collection finds them; malloc's own cache of aligned blocks is far smaller than a
// batch. Each thread keeps the blocks of small tensors it freed: measured on `add` of 2x2 tensors, see
// docs/performance.md.

constexpr std::size_t kSmallest = 64;  // also the alignment libtorch wants
constexpr std::size_t kClasses = 5;    // 64, 128, 256, 512, 1024 bytes
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

constexpr std::size_t size_of_class(std::size_t index) { return kSmallest << index; }

std::size_t class_of(std::size_t size) { return size <= kSmallest ? 0 : std::bit_width((size - 1) / kSmallest); }

/// A deleter of its own for each class spares a header in the block.
template <std::size_t Class>
void free_small(void* memory) {
  bytes.fetch_sub(size_of_class(Class), std::memory_order_relaxed);
  if (cache_closed) return c10::free_cpu(memory);
  std::vector<void*>& list = block_cache().blocks[Class];
  if (list.size() >= kCached) return c10::free_cpu(memory);
  list.push_back(memory);
}

constexpr std::array<c10::DeleterFnPtr, kClasses> kFreeSmall = {free_small<0>, free_small<1>, free_small<2>,
                                                                free_small<3>, free_small<4>};

c10::DataPtr allocate_small(std::size_t size) {
  const std::size_t index = class_of(size);
  void* memory = nullptr;
  if (!cache_closed) {
    std::vector<void*>& list = block_cache().blocks[index];
    if (!list.empty()) {
      memory = list.back();
      list.pop_back();
    }
  }
  if (memory == nullptr) memory = c10::alloc_cpu(size_of_class(index));
  bytes.fetch_add(size_of_class(index), std::memory_order_relaxed);
  return {memory, memory, kFreeSmall[index], c10::Device(c10::DeviceType::CPU)};
}

// ---- all others

void free_counted(void* memory);

class CountingAllocator final : public c10::Allocator {
 public:
  explicit CountingAllocator(c10::Allocator& base) : base_(base) {}

  c10::DataPtr allocate(std::size_t size) override {
    if (size > 0 && size <= kLargest) return allocate_small(size);
    c10::DataPtr data = base_.allocate(size);
    if (data.get() != nullptr && data.compare_exchange_deleter(base_.raw_deleter(), &free_counted)) {
      bytes.fetch_add(size_of(data.get()), std::memory_order_relaxed);
    }
    return data;
  }

  /// None: a block's deleter depends on its size, so raw_allocate has no single one to offer.
  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }

  void copy_data(void* to, const void* from, std::size_t count) const override { base_.copy_data(to, from, count); }

  void free(void* memory) const { base_.raw_deallocate(memory); }

 private:
  c10::Allocator& base_;
};

CountingAllocator& instance() {
  static CountingAllocator allocator(*c10::GetCPUAllocator());
  return allocator;
}

void free_counted(void* memory) {
  if (memory == nullptr) return;
  bytes.fetch_sub(size_of(memory), std::memory_order_relaxed);
  instance().free(memory);
}

}  // namespace

void install_counting_allocator() {
  static std::once_flag once;
  std::call_once(once, [] { c10::SetCPUAllocator(&instance()); });
}

std::int64_t allocated_cpu_bytes() { return bytes.load(std::memory_order_relaxed); }

}  // namespace tsorch
