#include "counting_allocator.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <malloc.h>

#include <array>
#include <atomic>
#include <bit>
#include <mutex>
#include <utility>
#include <vector>

namespace tsorch {

/// The counting allocator as every copy of the addon in a process sees it. Another copy may be of another version: who
/// changes the functions changes the number in the name, and copies of different names count apart.
class CountingAllocator2 : public c10::Allocator {
 public:
  virtual const std::atomic<std::int64_t>& total() const = 0;
  /// What the calling thread has not added to the total yet.
  virtual std::int64_t uncounted() const = 0;
  virtual void count(std::int64_t change) = 0;
  virtual void empty_cache() = 0;
  /// Whether profiles are told of blocks: as many `true` as `false` end it.
  virtual void report(bool on) = 0;
};

namespace {

std::atomic<std::int64_t> bytes{0};
std::atomic<int> reporters{0};  // profiles that want to know of each block

bool reports() { return reporters.load(std::memory_order_relaxed) > 0; }

constexpr std::size_t kUnit = 64;          // the alignment libtorch wants
constexpr std::size_t kLargest = 4 << 20;  // bytes of a block that is kept
#ifdef TSORCH_SANITIZE
constexpr std::size_t kMostKept = 0;  // the sanitizer shall see what is freed
#else
constexpr std::size_t kMostKept = 32 << 20;  // bytes that a thread keeps
#endif
constexpr std::int64_t kMostUncounted = 1 << 16;  // bytes by which a thread may be ahead of the count

// Classes of blocks: multiples of 64 bytes up to 512, then four to a doubling.

/// The smallest class whose blocks hold `size` bytes.
constexpr std::size_t class_to_hold(std::size_t size) {
  const std::size_t last = (size - 1) / kUnit;
  if (last < 8) return last;
  const auto doublings = static_cast<std::size_t>(std::bit_width(last)) - 3;
  return 4 * doublings + (last >> doublings);
}

constexpr std::size_t size_of_class(std::size_t index) {
  if (index < 8) return kUnit * (index + 1);
  return kUnit * ((index % 4 + 5) << (index / 4 - 1));
}

constexpr std::size_t kClasses = class_to_hold(kLargest) + 1;
static_assert(size_of_class(kClasses - 1) == kLargest && class_to_hold(kLargest + 1) == kClasses);

/// The largest class that a block of `size` bytes can serve.
std::size_t class_served_by(std::size_t size) {
  const std::size_t index = class_to_hold(size);
  return size_of_class(index) <= size ? index : index - 1;
}

/// Tells late destructors of other thread-locals that the thread's part is gone.
thread_local bool closed = false;

/// What a thread keeps for itself: the blocks of tensors it freed, since malloc searches for aligned blocks and splits
/// and merges them; and the last changes of the count, since an atomic addition takes as long as the rest of a small
/// allocation. Both measured, see docs/performance.md.
class ThreadMemory {
 public:
  ~ThreadMemory() {
    closed = true;
    bytes.fetch_add(uncounted_, std::memory_order_relaxed);
    empty();
  }

  /// nullptr at the end of the thread.
  static ThreadMemory* own() {
    thread_local ThreadMemory memory;
    return closed ? nullptr : &memory;
  }

  void* take(std::size_t size) {
    const std::size_t index = class_to_hold(size);
    if (blocks_[index].empty()) return c10::alloc_cpu(size_of_class(index));
    void* block = blocks_[index].back();
    blocks_[index].pop_back();
    kept_ -= size_of_class(index);
    return block;
  }

  /// Whether it takes the block.
  bool keep(void* block, std::size_t size) {
    const std::size_t index = class_served_by(size);
    if (index >= kClasses || kept_ + size_of_class(index) > kMostKept) return false;
    blocks_[index].push_back(block);
    kept_ += size_of_class(index);
    return true;
  }

  void empty() {
    for (auto& list : blocks_) {
      for (void* block : list) c10::free_cpu(block);
      list.clear();
    }
    kept_ = 0;
  }

  void count(std::int64_t change) {
    uncounted_ += change;
    if (uncounted_ <= kMostUncounted && uncounted_ >= -kMostUncounted) return;
    bytes.fetch_add(std::exchange(uncounted_, 0), std::memory_order_relaxed);
  }

  std::int64_t uncounted() const { return uncounted_; }

 private:
  std::array<std::vector<void*>, kClasses> blocks_;
  std::size_t kept_ = 0;
  std::int64_t uncounted_ = 0;
};

void count(ThreadMemory* thread, std::int64_t change) {
  if (thread == nullptr) {
    bytes.fetch_add(change, std::memory_order_relaxed);
  } else {
    thread->count(change);
  }
}

/// Every block is malloc's own, so its size need not be stored anywhere.
void free_counted(void* memory) {
  if (memory == nullptr) return;
  if (reports()) [[unlikely]]
    c10::profiledCPUMemoryReporter().Delete(memory);
  const std::size_t size = malloc_usable_size(memory);
  ThreadMemory* const thread = ThreadMemory::own();
  count(thread, -static_cast<std::int64_t>(size));
  if (thread == nullptr || !thread->keep(memory, size)) c10::free_cpu(memory);
}

class OwnAllocator final : public CountingAllocator2 {
 public:
  explicit OwnAllocator(c10::Allocator& base) : base_(base) {}

  c10::DataPtr allocate(std::size_t size) override {
    ThreadMemory* const thread = ThreadMemory::own();
    c10::DataPtr data;
    if (size > 0 && size <= kLargest && thread != nullptr) {
      void* memory = thread->take(size);
      data = {memory, memory, &free_counted, c10::Device(c10::DeviceType::CPU)};
      if (reports()) [[unlikely]]
        c10::profiledCPUMemoryReporter().New(memory, size);  // as libtorch's own allocator does
    } else {
      data = base_.allocate(size);
      if (data.get() == nullptr || !data.compare_exchange_deleter(base_.raw_deleter(), &free_counted)) return data;
    }
    tsorch::count(thread, static_cast<std::int64_t>(malloc_usable_size(data.get())));
    return data;
  }

  c10::DeleterFnPtr raw_deleter() const override { return &free_counted; }

  void copy_data(void* to, const void* from, std::size_t count) const override { base_.copy_data(to, from, count); }

  const std::atomic<std::int64_t>& total() const override { return bytes; }

  std::int64_t uncounted() const override {
    const ThreadMemory* const thread = ThreadMemory::own();
    return thread == nullptr ? 0 : thread->uncounted();
  }

  void count(std::int64_t change) override { tsorch::count(ThreadMemory::own(), change); }

  void empty_cache() override {
    if (ThreadMemory* const thread = ThreadMemory::own()) thread->empty();
  }

  void report(bool on) override { reporters.fetch_add(on ? 1 : -1, std::memory_order_relaxed); }

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

/// The allocator that counts, and its total, which is read before every operator.
CountingAllocator2* counter = nullptr;
const std::atomic<std::int64_t>* total = &bytes;

CountingAllocator2& find_or_install() {
  if (auto* const other = dynamic_cast<CountingAllocator2*>(c10::GetCPUAllocator())) return *other;
  static OwnAllocator own(*c10::GetCPUAllocator());
  keep_freed_memory();
  c10::SetCPUAllocator(&own);
  return own;
}

}  // namespace

void install_counting_allocator() {
  static std::once_flag once;
  std::call_once(once, [] {
    counter = &find_or_install();
    total = &counter->total();
  });
}

void empty_cpu_cache() { counter->empty_cache(); }

void report_cpu_memory(bool on) { counter->report(on); }

void count_cpu_bytes(std::int64_t change) { counter->count(change); }

std::int64_t roughly_allocated_cpu_bytes() { return total->load(std::memory_order_relaxed); }

std::int64_t allocated_cpu_bytes() { return roughly_allocated_cpu_bytes() + counter->uncounted(); }

}  // namespace tsorch
