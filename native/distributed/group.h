// A process group: this rank's end of it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agreement.h"
#include "collectives.h"
#include "lane.h"
#include "parts.h"
#include "work.h"

namespace tsorch {

/// Whose ranks they are, and how they find each other.
struct GroupDescription {
  c10::intrusive_ptr<c10d::Store> store;
  std::string name;
  std::string description;
  int rank;
  int size;
  std::chrono::milliseconds timeout;
  std::vector<std::uint64_t> global_ranks;  // empty for the default group
  bool on_loopback;
};

/// The connections. Ending it waits for what is under way.
class Connections {
 public:
  explicit Connections(const GroupDescription& description);
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// Runs a collective and waits for it.
  void run(CollectiveCall& call);
  /// Begins one.
  c10::intrusive_ptr<c10d::Work> start(CollectiveCall call);
  std::shared_ptr<WorkPart> send(const at::Tensor& tensor, int peer, int tag);
  /// From any rank where the peer is negative; `waits` until it is there.
  std::shared_ptr<WorkPart> receive(const at::Tensor& tensor, int peer, int tag, bool waits);
  void monitored_barrier(std::chrono::milliseconds timeout, bool wait_all_ranks);
  void set_timeout(std::chrono::milliseconds timeout);
  bool is_busy();
  /// Waits until what was started has begun: who uses the group below comes after it, as on the other ranks.
  void settle() { lane_.wait_until_idle(); }

  /// While it lives, collectives begin without asking the ranks: those of hooks, whose order and sizes the reducer
  /// makes the same on all.
  class Trust {
   public:
    explicit Trust(Connections& connections) : connections_(connections) { connections_.trusting_++; }
    ~Trust() { connections_.trusting_--; }
    Trust(const Trust&) = delete;
    Trust& operator=(const Trust&) = delete;

   private:
    Connections& connections_;
  };

  const c10::intrusive_ptr<c10d::ProcessGroup> group;

 private:
  bool all_are_ours(c10d::Store& store) const;
  bool asks() const { return agreement_ != nullptr && trusting_ == 0; }
  c10::intrusive_ptr<c10d::Work> noted(c10::intrusive_ptr<c10d::Work> work);

  c10::intrusive_ptr<c10d::Backend> backend_;
  std::unique_ptr<Agreement> agreement_;  // null where a rank is not of ours
  std::size_t trusting_ = 0;
  std::vector<c10::weak_intrusive_ptr<c10d::Work>> under_way_;
  // Lanes end first: their tasks use the others.
  Lane lane_;
  std::map<std::pair<int, int>, Lane> receiving_;  // by rank and tag, since nothing else has an order
};

struct GroupPart final : Part {
  explicit GroupPart(const GroupDescription& description);
  ~GroupPart() override;
  /// Ends it, without waiting for ranks that do not answer.
  void close();
  /// @throws where it was closed
  Connections& open() const;

  std::shared_ptr<Connections> connections;
};

}  // namespace tsorch
