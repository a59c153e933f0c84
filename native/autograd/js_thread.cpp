#include "js_thread.h"

#include <c10/util/Exception.h>

#include <set>

#include "../environment.h"

namespace tsorch {

Environment& JsThread::environment() const {
  TORCH_CHECK(is_open(), "the JavaScript environment that this callback belongs to has ended");
  return *environment_;
}

void JsThread::run(const Work& given) {
  const Work work = [&] {
    try {
      given();
    } catch (const Napi::Error& error) {
      throw environment().taken_along(error);
    }
  };
  if (is_current()) return work();
  Request request(work);
  Lock lock(mutex_);
  TORCH_CHECK(!lent_.empty(), "a JavaScript callback was called on a thread that JavaScript does not wait for");
  // cppcheck-suppress danglingLifetime ; this function waits until the request is done
  requests_.push_back(&request);
  changed_.notify_all();
  while (!request.callback.done) {
    changed_.wait(lock, [&] { return request.callback.done || request.job != nullptr || can_help(request); });
    if (request.job != nullptr) {
      execute(*std::exchange(request.job, nullptr), lock);
    } else if (!request.callback.done) {
      help(lock);
    }
  }
  if (request.callback.error) std::rethrow_exception(request.callback.error);
}

void JsThread::lend(const Work& work) {
  Lent lent;
  const Work job = [&] { run_lent(lent, work); };
  Task task(job);
  Lock lock(mutex_);
  lent_.push_back(&lent);
  assign(task);
  while (!task.done) {
    changed_.wait(lock, [&] { return task.done || !requests_.empty(); });
    if (task.done) break;
    Request* request = requests_.front();
    requests_.pop_front();
    request->below = lent_.size();
    serving_.push_back(request);
    execute(request->callback, lock);
    serving_.pop_back();
  }
  lent_.pop_back();
  if (task.error) std::rethrow_exception(task.error);
}

void JsThread::run_lent(Lent& lent, const Work& work) {
  std::exception_ptr error;
  {
    const PassObserver observer([&](const Pass& pass) { begin(lent, pass); });
    try {
      work();
    } catch (...) {
      error = std::current_exception();
    }
    wake_helpers(lent);
  }
  if (error) std::rethrow_exception(error);
}

void JsThread::begin(Lent& lent, const Pass& pass) {
  const Lock lock(mutex_);
  if (!lent.pass) lent.pass = pass;
  changed_.notify_all();
}

/// A thread that helps sleeps until a task arrives. It may have woken by itself: then it comes back for the one sent
/// here.
void JsThread::wake_helpers(Lent& lent) {
  Lock lock(mutex_);
  lent.pass = nullptr;
  for (const int device : std::set<int>(lent.helpers.begin(), lent.helpers.end())) {
    lent.only_device = device;
    lock.unlock();
    wake_device(device);
    lock.lock();
    lent.pass = nullptr;
  }
}

bool JsThread::can_help(const Request& request) const {
  if (device_of_this_thread() == kNoDevice || request.below >= lent_.size()) return false;
  const Lent& lent = *lent_.back();
  return lent.pass && (lent.only_device == kNoDevice || lent.only_device == device_of_this_thread());
}

void JsThread::help(Lock& lock) {
  Lent& lent = *lent_.back();
  const Pass pass = lent.pass;
  if (lent.only_device == kNoDevice) lent.helpers.push_back(device_of_this_thread());
  lock.unlock();
  do_device_tasks(pass);
  lock.lock();
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
