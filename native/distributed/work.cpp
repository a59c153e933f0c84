#include "work.h"

#include <thread>

#include "bell.h"

namespace tsorch {

AgreedWork::AgreedWork(std::vector<at::Tensor> tensors)
    : tensors_(std::move(tensors)),
      future_(c10::make_intrusive<c10::ivalue::Future>(c10::ListType::create(c10::TensorType::get()))) {}

void AgreedWork::follow(const c10::intrusive_ptr<c10d::Work>& begun) {
  const auto self = c10::intrusive_ptr<AgreedWork>::reclaim_copy(this);
  begun->getFuture()->addCallback(
      [self, begun](c10::ivalue::Future& future) { self->end(future.hasError() ? future.exception_ptr() : nullptr); });
}

void AgreedWork::complete(int source) {
  source_ = source;
  end(nullptr);
}

bool AnnouncedSend::wait(std::chrono::milliseconds timeout) {
  announcement_->wait(timeout);
  message_->wait(timeout);
  finish();
  return true;
}

void AgreedWork::fail(std::exception_ptr error) { end(std::move(error)); }

void AgreedWork::end(std::exception_ptr error) {
  if (error) {
    future_->setError(error);
  } else {
    future_->markCompleted(c10::IValue(tensors_));
  }
  finish(std::move(error));
}

void WorkPart::wait(std::chrono::milliseconds timeout) {
  if (!point_to_point_) {
    work->wait(timeout);
    return;
  }
  const std::lock_guard lock(mutex_);
  wait_for_peer(timeout);
  if (error_) std::rethrow_exception(error_);
}

void WorkPart::wait_for_peer(std::chrono::milliseconds timeout) {
  if (over_) return;
  try {
    work->wait(timeout);
  } catch (...) {
    error_ = std::current_exception();
  }
  over_ = true;
}

void WorkPart::notify(std::function<void()> done) {
  if (!point_to_point_) {
    work->getFuture()->addCallback([done = std::move(done)](c10::ivalue::Future&) { done(); });
    return;
  }
  std::thread([self = shared_from_this(), done = std::move(done)] {
    {
      const std::lock_guard lock(self->mutex_);
      self->wait_for_peer(kNoTimeout);
    }
    done();
  }).detach();
}

void work_wait(Environment&, FrameReader& in, FrameWriter&) {
  const auto work = in.part<WorkPart>("Work");
  work->wait(read_timeout(in));
}

void work_is_completed(Environment&, FrameReader& in, FrameWriter& out) {
  out.boolean(in.part<WorkPart>("Work")->work->isCompleted());
}

void work_is_success(Environment&, FrameReader& in, FrameWriter& out) {
  const auto& work = in.part<WorkPart>("Work")->work;
  out.boolean(work->isCompleted() && work->isSuccess());
}

void work_source_rank(Environment&, FrameReader& in, FrameWriter& out) {
  out.integer(in.part<WorkPart>("Work")->work->sourceRank());
}

void bell_make(Environment&, FrameReader&, FrameWriter& out) { out.part(std::make_shared<Bell>()); }

void work_watch(Environment& environment, FrameReader& in, FrameWriter&) {
  const auto bell = in.part<Bell>("bell");
  const auto work = in.part<WorkPart>("Work");
  bell->watch(environment.env(), work, in.object().As<Napi::Function>());
}

void works_over(Environment& environment, FrameReader& in, FrameWriter& out) {
  const auto works = in.part<Bell>("bell")->take(environment.env());
  out.list(works.size());
  for (const auto& each : works) out.part(each);
}

}  // namespace tsorch
