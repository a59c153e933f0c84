// Tensors on their way from one thread to another, without a copy: see lib/multiprocessing.
#include "../environment.h"

#include <ATen/ATen.h>
#include <ATen/SparseCsrTensorUtils.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "../func/outside.h"
#include "buffer_memory.h"

namespace tsorch {

namespace {

// ---- memory that threads share

/// What a shared storage holds: its memory, and the JavaScript buffer it lay in before, which may still be in use.
struct SharedMemory {
  c10::DataPtr memory;
  c10::DataPtr former;
};

void free_shared(void* context) { const std::unique_ptr<SharedMemory> freed(static_cast<SharedMemory*>(context)); }

/// The mark of a shared storage is what frees it, so that every tensor over it shows it, in every thread.
bool is_shared(const c10::Storage& storage) {
  return !storage.device().is_cpu() || storage.data_ptr().get_deleter() == &free_shared;
}

c10::DataPtr copy_of(const c10::Storage& storage) {
  c10::DataPtr copy = c10::GetAllocator(c10::kCPU)->allocate(storage.nbytes());
  std::memcpy(copy.mutable_get(), storage.data(), storage.nbytes());
  return copy;
}

/// A JavaScript buffer ends with its thread, so a storage over one moves to memory of its own. Shared memory stays
/// where it is: another thread may be reading it.
void share(const c10::Storage& storage) {
  if (is_shared(storage)) return;
  storage.mutable_data();  // copies now what would be copied on the first write
  auto shared = std::make_unique<SharedMemory>();
  if (is_buffer_memory(storage.data_ptr())) shared->memory = copy_of(storage);
  c10::StorageImpl& impl = *storage.unsafeGetStorageImpl();
  c10::DataPtr before = impl.set_data_ptr(c10::DataPtr());
  (shared->memory ? shared->former : shared->memory) = std::move(before);
  void* data = shared->memory.mutable_get();
  impl.set_data_ptr(c10::DataPtr(data, shared.release(), &free_shared, c10::Device(c10::DeviceType::CPU)));
  impl.set_resizable(false);
}

void share(const at::Tensor& tensor) {
  if (tensor.layout() == at::kSparse) {
    share(tensor._indices());
    return share(tensor._values());
  }
  if (at::sparse_csr::is_sparse_compressed(tensor)) {
    const auto [compressed, plain] = at::sparse_csr::getCompressedPlainIndices(tensor);
    share(compressed);
    share(plain);
    return share(tensor.values());
  }
  TORCH_CHECK_NOT_IMPLEMENTED(tensor.has_storage(), "a tensor of ", tensor.toString(),
                              " has no memory of its own that threads could share");
  share(tensor.storage());
}

// ---- the table

using Token = std::int64_t;
using Owner = napi_env;  // compared only

/// Environments share nothing, so what goes from one to another has to lie outside of them all. Beside the counter in
/// libtorch's allocator this is the only state of the process. An entry ends when it is redeemed or withdrawn, or with
/// the thread that made it.
class HandoverTable {
 public:
  Token give(Napi::Env owner, at::Tensor tensor) {
    const std::lock_guard lock(mutex_);
    introduce(owner);
    const Token token = next_token_++;
    entries_.emplace(token, Entry{owner, std::move(tensor)});
    return token;
  }

  /// An undefined tensor for a token that is not (or no longer) known.
  at::Tensor take(Token token) {
    const std::lock_guard lock(mutex_);
    auto entry = entries_.extract(token);
    return entry.empty() ? at::Tensor() : std::move(entry.mapped().tensor);
  }

  std::int64_t identity(Napi::Env owner) {
    const std::lock_guard lock(mutex_);
    return introduce(owner);
  }

  bool is_running(std::int64_t identity) {
    const std::lock_guard lock(mutex_);
    return std::any_of(threads_.begin(), threads_.end(), [&](const auto& thread) { return thread.second == identity; });
  }

  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }

 private:
  struct Entry {
    Owner owner;
    at::Tensor tensor;
  };

  std::int64_t introduce(Napi::Env owner);

  void forget(Owner owner) {
    std::vector<at::Tensor> freed;  // after the lock
    const std::lock_guard lock(mutex_);
    threads_.erase(owner);
    for (auto it = entries_.begin(); it != entries_.end();) {
      if (it->second.owner != owner) {
        ++it;
        continue;
      }
      freed.push_back(std::move(it->second.tensor));
      it = entries_.erase(it);
    }
  }

  std::mutex mutex_;
  std::unordered_map<Token, Entry> entries_;
  std::unordered_map<Owner, std::int64_t> threads_;
  Token next_token_ = 1;
  std::int64_t next_identity_ = 1;
};

HandoverTable& table() {
  static HandoverTable instance;
  return instance;
}

std::int64_t HandoverTable::introduce(Napi::Env owner) {
  const auto [thread, fresh] = threads_.try_emplace(owner, next_identity_);
  if (!fresh) return thread->second;
  next_identity_++;
  owner.AddCleanupHook([owner] { table().forget(owner); });
  return thread->second;
}

/// The same memory with a version counter of its own. Threads train one model side by side (Hogwild), as processes do
/// in Python: what one changes must not look to another like a change of what its graph has saved.
at::Tensor counted_anew(const at::Tensor& tensor) {
  if (tensor.is_inference()) return tensor;  // nothing counts its changes
  if (tensor.layout() == at::kSparse) {
    return at::_sparse_coo_tensor_unsafe(tensor._indices().variable_data(), tensor._values().variable_data(),
                                         tensor.sizes(), tensor.options(), tensor.is_coalesced());
  }
  if (at::sparse_csr::is_sparse_compressed(tensor)) {
    const auto [compressed, plain] = at::sparse_csr::getCompressedPlainIndices(tensor);
    return at::_sparse_compressed_tensor_unsafe(compressed.variable_data(), plain.variable_data(),
                                                tensor.values().variable_data(), tensor.sizes(), tensor.options());
  }
  return tensor.variable_data();
}

/// A leaf, as a graph cannot leave its thread.
at::Tensor leaf_over(const at::Tensor& tensor) {
  TORCH_CHECK(!tensor.requires_grad() || tensor.is_leaf(),
              "Cowardly refusing to share a non-leaf tensor which requires_grad, since autograd does not support "
              "crossing thread boundaries. If you just want to transfer the data, call detach() on the tensor before "
              "sharing it.");
  const OutsideTransforms outside;
  return counted_anew(tensor.detach()).set_requires_grad(tensor.requires_grad());
}

}  // namespace

void tensor_share_memory(Environment&, FrameReader& in, FrameWriter&) {
  const at::Tensor tensor = in.tensor();
  TORCH_CHECK(!tensor.is_meta(), "_share_fd_: only available on CPU");
  share(tensor);
}

void tensor_is_shared(Environment&, FrameReader& in, FrameWriter& out) {
  const at::Tensor tensor = in.tensor();
  out.boolean(!tensor.is_meta() && is_shared(tensor.storage()));
}

void hand_over(Environment& environment, FrameReader& in, FrameWriter& out) {
  at::Tensor tensor = leaf_over(in.tensor());
  share(tensor);
  out.integer(table().give(environment.env(), std::move(tensor)));
}

void take_over(Environment&, FrameReader& in, FrameWriter& out) {
  at::Tensor tensor = table().take(in.integer());
  TORCH_CHECK(tensor.defined(),
              "this tensor was received before, withdrawn, or the thread that shared it has ended: share it once for "
              "each receiver, and end a thread when what it shared has arrived");
  out.tensor(std::move(tensor));
}

void withdraw(Environment&, FrameReader& in, FrameWriter&) {
  for (const Token token : in.integers()) table().take(token);
}

void thread_identity(Environment& environment, FrameReader&, FrameWriter& out) {
  out.integer(table().identity(environment.env()));
}

void is_thread_running(Environment&, FrameReader& in, FrameWriter& out) {
  out.boolean(table().is_running(in.integer()));
}

void count_handed_over(Environment&, FrameReader&, FrameWriter& out) {
  out.integer(static_cast<std::int64_t>(table().size()));
}

}  // namespace tsorch
