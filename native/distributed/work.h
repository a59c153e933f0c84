// A collective under way.
#pragma once

#include <torch/csrc/distributed/c10d/Work.hpp>

#include <functional>
#include <mutex>

#include "parts.h"

namespace tsorch {

/// A collective that begins once the ranks have agreed on it.
class AgreedWork final : public c10d::Work {
 public:
  explicit AgreedWork(std::vector<at::Tensor> tensors);
  /// What the collective became when it began.
  void follow(const c10::intrusive_ptr<c10d::Work>& begun);
  void complete(int source);
  void fail(std::exception_ptr error);
  int sourceRank() const override { return source_; }
  c10::intrusive_ptr<c10::ivalue::Future> getFuture() override { return future_; }
  std::vector<at::Tensor> result() override { return tensors_; }

 private:
  void end(std::exception_ptr error);

  const std::vector<at::Tensor> tensors_;
  const c10::intrusive_ptr<c10::ivalue::Future> future_;
  int source_ = -1;
};

/// A tensor on its way to a rank, after what announces it.
class AnnouncedSend final : public c10d::Work {
 public:
  AnnouncedSend(c10::intrusive_ptr<c10d::Work> announcement, c10::intrusive_ptr<c10d::Work> message)
      : announcement_(std::move(announcement)), message_(std::move(message)) {}
  bool wait(std::chrono::milliseconds timeout) override;

 private:
  const c10::intrusive_ptr<c10d::Work> announcement_;
  const c10::intrusive_ptr<c10d::Work> message_;
};

/// What JavaScript holds of one.
class WorkPart final : public Part, public std::enable_shared_from_this<WorkPart> {
 public:
  /// What is sent or received between two ranks has no future in c10d: it is over when somebody has waited.
  WorkPart(c10::intrusive_ptr<c10d::Work> work, bool point_to_point)
      : work(std::move(work)), point_to_point_(point_to_point) {}

  void wait(std::chrono::milliseconds timeout);
  /// Calls `done` once it is over, on any thread.
  void notify(std::function<void()> done);

  const c10::intrusive_ptr<c10d::Work> work;

 private:
  void wait_for_peer(std::chrono::milliseconds timeout);

  const bool point_to_point_;
  std::mutex mutex_;
  bool over_ = false;  // of point to point: gloo can wait once
  std::exception_ptr error_;
};

}  // namespace tsorch
