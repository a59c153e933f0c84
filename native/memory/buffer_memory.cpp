#include "buffer_memory.h"

#include <ATen/ops/from_blob.h>

#include <utility>

#include "counting_allocator.h"
#include "v8_buffers.h"

namespace tsorch {

/// What a tensor over a buffer holds of it. The ArrayBuffer itself may be collected, or be empty since it was
/// transferred.
struct Borrowed {
  std::shared_ptr<BufferMemory> owner;
  std::shared_ptr<v8::BackingStore> memory;

  static void end(void* context) {
    const std::unique_ptr<Borrowed> borrowed(static_cast<Borrowed*>(context));
    borrowed->owner->let_go(borrowed->memory.get());
  }
};

/// What an ArrayBuffer over a storage holds of it.
struct Loan {
  std::shared_ptr<BufferMemory> owner;
  c10::StorageImpl* storage;

  static void end(void* context) {
    const std::unique_ptr<Loan> loan(static_cast<Loan*>(context));
    loan->owner->take_back(loan->storage);
  }
};

namespace {

/// The memory of a lent storage. Since it is no plain pointer, libtorch does not make it copy on write
/// (`_lazy_clone`): the storage would move away from the buffer.
struct LentMemory {
  c10::DataPtr memory;
};

void free_lent(void* context) { const std::unique_ptr<LentMemory> freed(static_cast<LentMemory*>(context)); }

bool is_wrapped(const c10::DataPtr& memory) { return memory.get_deleter() == &free_lent; }

// Storages are never without memory meanwhile: another thread may be computing with them.

void wrap(c10::StorageImpl& storage) {
  auto lent = std::make_unique<LentMemory>();
  LentMemory& inner = *lent;
  void* data = storage.mutable_data();
  inner.memory = storage.set_data_ptr(c10::DataPtr(data, lent.release(), &free_lent, storage.device()));
}

void unwrap(c10::StorageImpl& storage) {
  auto& lent = *static_cast<LentMemory*>(storage.data_ptr().get_context());
  storage.set_data_ptr(std::exchange(lent.memory, c10::DataPtr()));
}

}  // namespace

BufferMemory& BufferMemory::of_thread() {
  struct Account {
    std::shared_ptr<BufferMemory> memory = std::make_shared<BufferMemory>();
    ~Account() { memory->close(); }
  };
  thread_local Account account;
  return *account.memory;
}

at::Tensor BufferMemory::borrow(const Bytes& bytes, std::int64_t offset, std::int64_t elements, at::ScalarType dtype) {
  if (!has_backing_stores()) {
    TORCH_WARN_ONCE(
        "this JavaScript runtime cannot keep the memory of a buffer that is transferred, so a tensor of a buffer is a "
        "copy: writing to one does not change the other");
    return at::from_blob(bytes.data + offset, {elements}, at::TensorOptions(dtype)).clone();
  }
  std::shared_ptr<v8::BackingStore> memory = memory_of(bytes.buffer);
  // A growable SharedArrayBuffer never shrinks.
  TORCH_CHECK_TYPE(
      memory->IsShared() || !memory->IsResizableByUserJavaScript(),
      "a resizable ArrayBuffer cannot be a tensor's memory, which must not shrink; use torch.tensor(array) "
      "to copy it, or array.slice()");
  hold(memory.get());
  auto borrowed = std::make_unique<Borrowed>(Borrowed{shared_from_this(), std::move(memory)});
  return at::for_blob(bytes.data + offset, {elements})
      .context(borrowed.release(), &Borrowed::end)
      .options(dtype)
      .make_tensor();
}

void BufferMemory::hold(const v8::BackingStore* memory) {
  const std::lock_guard lock(mutex_);
  const auto [use, fresh] = uses_.try_emplace(memory, Use{static_cast<std::int64_t>(memory->ByteLength()), 0});
  use->second.tensors++;
  if (!fresh) return;
  borrowed_bytes_ += use->second.bytes;
  count_cpu_bytes(use->second.bytes);
}

void BufferMemory::let_go(const v8::BackingStore* memory) {
  const std::lock_guard lock(mutex_);
  const auto use = uses_.find(memory);
  if (--use->second.tensors > 0) return;
  borrowed_bytes_ -= use->second.bytes;
  count_cpu_bytes(-use->second.bytes);
  uses_.erase(use);
}

Napi::Value BufferMemory::lend(Napi::Env env, const c10::Storage& storage) {
  void* const data = storage.mutable_data();  // copies now what the first write would, before the memory is wrapped
  count_loan(storage);
  auto loan = std::make_unique<Loan>(Loan{shared_from_this(), storage.unsafeGetStorageImpl()});
  if (!has_backing_stores()) {
    const auto end = [](Napi::Env, void*, Loan* ended) { Loan::end(ended); };
    return Napi::ArrayBuffer::New(env, data, storage.nbytes(), end, loan.release());
  }
  const auto end = [](void*, std::size_t, void* ended) { Loan::end(ended); };
  return buffer_over(env, v8::ArrayBuffer::NewBackingStore(data, storage.nbytes(), end, loan.release()));
}

void BufferMemory::count_loan(const c10::Storage& storage) {
  c10::StorageImpl& impl = *storage.unsafeGetStorageImpl();
  const std::lock_guard lock(mutex_);
  const auto known = lent_.find(&impl);
  if (known != lent_.end()) {
    known->second.loans++;
    return;
  }
  if (!is_wrapped(impl.data_ptr())) wrap(impl);
  lent_.emplace(&impl, Lent{storage, impl.resizable(), 1});
  lent_bytes_ += static_cast<std::int64_t>(impl.nbytes());
  impl.set_resizable(false);
}

void BufferMemory::take_back(c10::StorageImpl* storage) {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_) return returned_.push_back(storage);
  }
  end_loan(storage);
}

void BufferMemory::end_loans() {
  std::vector<c10::StorageImpl*> returned;
  {
    const std::lock_guard lock(mutex_);
    returned = std::exchange(returned_, {});
  }
  for (c10::StorageImpl* const storage : returned) end_loan(storage);
}

void BufferMemory::end_loan(c10::StorageImpl* storage) {
  std::unordered_map<c10::StorageImpl*, Lent>::node_type ended;  // freed after the lock
  const std::lock_guard lock(mutex_);
  const auto lent = lent_.find(storage);
  if (--lent->second.loans > 0) return;
  lent_bytes_ -= static_cast<std::int64_t>(storage->nbytes());
  ended = lent_.extract(lent);
  if (!is_wrapped(storage->data_ptr())) return;  // shared with other threads meanwhile
  unwrap(*storage);
  storage->set_resizable(ended.mapped().resizable);
}

void BufferMemory::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  end_loans();
}

std::int64_t BufferMemory::borrowed() {
  const std::lock_guard lock(mutex_);
  return borrowed_bytes_;
}

std::int64_t BufferMemory::lent() {
  const std::lock_guard lock(mutex_);
  return lent_bytes_;
}

bool is_buffer_memory(const c10::DataPtr& memory) {
  if (is_wrapped(memory)) return is_buffer_memory(static_cast<const LentMemory*>(memory.get_context())->memory);
  return memory.get_deleter() == &Borrowed::end;
}

}  // namespace tsorch
