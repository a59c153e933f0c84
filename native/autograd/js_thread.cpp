#include "js_thread.h"

#include <c10/util/Exception.h>

namespace tsorch {

Environment& JsThread::environment() const {
  TORCH_CHECK(is_open(), "the JavaScript environment that this callback belongs to has ended");
  return *environment_;
}

void JsThread::run(const Work& work) {
  if (is_current()) return work();
  Request request(work);
  Lock lock(mutex_);
  TORCH_CHECK(lending_ > 0, "a JavaScript callback was called on a thread that JavaScript does not wait for");
  // cppcheck-suppress danglingLifetime ; this function waits until the request is done
  requests_.push_back(&request);
  changed_.notify_all();
  while (!request.callback.done) {
    changed_.wait(lock, [&] { return request.callback.done || request.job != nullptr; });
    if (request.job != nullptr) execute(*std::exchange(request.job, nullptr), lock);
  }
  if (request.callback.error) std::rethrow_exception(request.callback.error);
}

void JsThread::lend(const Work& work) {
  Task task(work);
  Lock lock(mutex_);
  lending_++;
  assign(task);
  while (!task.done) {
    changed_.wait(lock, [&] { return task.done || !requests_.empty(); });
    if (task.done) break;
    Request* request = requests_.front();
    requests_.pop_front();
    serving_.push_back(request);
    execute(request->callback, lock);
    serving_.pop_back();
  }
  lending_--;
  if (task.error) std::rethrow_exception(task.error);
}

void JsThread::assign(Task& task) {
  if (is_serving()) {
    serving_.back()->job = &task;
  } else {
    worker_job_ = &task;
    if (!worker_) worker_.emplace([this] { work_until_closed(); });
  }
  changed_.notify_all();
}

void JsThread::execute(Task& task, Lock& lock) {
  lock.unlock();
  try {
    const at::ThreadLocalStateGuard guard(task.state);
    task.work();
  } catch (...) {
    task.error = std::current_exception();
  }
  lock.lock();
  task.done = true;
  changed_.notify_all();
}

void JsThread::work_until_closed() {
  Lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return closing_ || worker_job_ != nullptr; });
    if (worker_job_ == nullptr) return;
    execute(*std::exchange(worker_job_, nullptr), lock);
  }
}

void JsThread::close() {
  environment_ = nullptr;
  {
    const Lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (worker_ && worker_->joinable()) worker_->join();
  worker_.reset();
}

}  // namespace tsorch
