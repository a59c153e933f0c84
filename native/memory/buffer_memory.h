// Memory that tensors and JavaScript buffers have in common: `frombuffer` borrows a buffer's, `typed_array` lends a
// storage's. Either owns the memory for as long as it uses it, wherever JavaScript moves the buffer meanwhile.
#pragma once

#include <ATen/core/Tensor.h>
#include <napi.h>

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "../bytes.h"

namespace v8 {
class BackingStore;
}

namespace tsorch {

/// The account of a thread, as its isolate has the buffers. What borrows and lends shares it, and may outlive the
/// thread.
class BufferMemory : public std::enable_shared_from_this<BufferMemory> {
 public:
  static BufferMemory& of_thread();

  /// A tensor of one dimension over a part of a buffer; of a copy where the memory cannot be owned (v8_buffers.h).
  at::Tensor borrow(const Bytes& bytes, std::int64_t offset, std::int64_t elements, at::ScalarType dtype);

  /// An ArrayBuffer over a storage, which can neither be resized nor copied on writing until the memory is returned.
  Napi::Value lend(Napi::Env env, const c10::Storage& storage);

  /// Ends the loans whose memory V8 has let go of, which it may do on any thread and in the middle of a collection.
  void end_loans();
  /// The thread ends: from now on loans end where they are returned.
  void close();

  /// Bytes of the buffers that tensors borrow from, and of the storages that are lent.
  std::int64_t borrowed();
  std::int64_t lent();

 private:
  friend struct Borrowed;
  friend struct Loan;

  struct Use {
    std::int64_t bytes;
    std::size_t tensors;
  };
  struct Lent {
    c10::Storage storage;
    bool resizable;  // before
    std::size_t loans;
  };

  void hold(const v8::BackingStore* memory);
  void let_go(const v8::BackingStore* memory);
  void count_loan(const c10::Storage& storage);
  void take_back(c10::StorageImpl* storage);
  void end_loan(c10::StorageImpl* storage);

  std::mutex mutex_;
  std::unordered_map<const v8::BackingStore*, Use> uses_;
  std::unordered_map<c10::StorageImpl*, Lent> lent_;
  std::vector<c10::StorageImpl*> returned_;
  std::int64_t borrowed_bytes_ = 0;
  std::int64_t lent_bytes_ = 0;
  bool closed_ = false;
};

bool is_buffer_memory(const c10::DataPtr& memory);

}  // namespace tsorch
