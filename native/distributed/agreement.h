// Whether all ranks call the same collective for tensors that fit together.
//
// gloo does not look: a rank that receives more than it has room for throws on gloo's own thread, which ends the
// process, and elements of another dtype are taken for its own. So before a collective the ranks exchange what each is
// about to do, in a group beside theirs. Python's ranks take no part in this, so only groups of ours alone have it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gloo.h"

namespace tsorch {

/// What a rank is about to do, as far as the others must know.
struct Intent {
  std::int64_t operation;  // a place in kOperations of collectives.h
  std::int64_t dtype;      // -1 where there is no tensor
  std::int64_t tensors;    // how many
  std::int64_t elements;   // of all of them
  std::int64_t shapes;     // a sum of how the elements are divided among them
  std::int64_t reduction;
  std::int64_t root;
  /// Elements for, and then from, each rank; empty where all have the same.
  std::vector<std::int64_t> shares;
};

class Agreement {
 public:
  Agreement(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size, std::chrono::milliseconds timeout,
            bool on_loopback);

  /// Waits until all ranks have said what they do. On every rank the same error, if they do not fit together.
  void require(const Intent& own, std::chrono::milliseconds timeout);

  /// Tells a rank what is about to be sent to it.
  c10::intrusive_ptr<c10d::Work> announce(const at::Tensor& tensor, int peer, int tag);

  /// What a rank is about to send.
  struct Announced {
    at::Tensor header;
    c10::intrusive_ptr<c10d::Work> arriving;
  };
  /// Of any rank where the peer is negative. Announcements are taken in the order of these calls.
  Announced expect(int peer, int tag);
  /// Waits for it, and gives who sends. @throws where that does not fit the tensor
  int require(const Announced& announced, const at::Tensor& tensor, int peer);

 private:
  void exchange(const std::vector<at::Tensor>& rows, const char* operation, std::chrono::milliseconds timeout);
  void compare(const at::Tensor& all) const;

  const int rank_;
  const int size_;
  const std::chrono::milliseconds timeout_;
  c10d::ProcessGroupGloo group_;
};

}  // namespace tsorch
