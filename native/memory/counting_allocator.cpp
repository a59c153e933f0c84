#include "counting_allocator.h"

#include <c10/core/CPUAllocator.h>
#include <malloc.h>

#include <atomic>
#include <mutex>

namespace tsorch {

namespace {

std::atomic<std::int64_t> bytes{0};

std::int64_t size_of(void* memory) { return static_cast<std::int64_t>(malloc_usable_size(memory)); }

void free_counted(void* memory);

/// The block's own size, asked of malloc when it is freed, saves a header or a map per block.
class CountingAllocator final : public c10::Allocator {
 public:
  explicit CountingAllocator(c10::Allocator& base) : base_(base) {}

  c10::DataPtr allocate(std::size_t size) override {
    c10::DataPtr data = base_.allocate(size);
    if (data.get() != nullptr && data.compare_exchange_deleter(base_.raw_deleter(), &free_counted)) {
      bytes.fetch_add(size_of(data.get()), std::memory_order_relaxed);
    }
    return data;
  }

  c10::DeleterFnPtr raw_deleter() const override { return &free_counted; }

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
