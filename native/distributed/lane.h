// A thread that begins asynchronous collectives in their order, each when the ranks have agreed on it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace tsorch {

class Lane {
 public:
  Lane() = default;
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void add(std::function<void()> task);
  /// Nothing waits, and nothing runs: the caller may do its task itself.
  bool is_idle();
  void wait_until_idle();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;  // the first one runs
  bool ending_ = false;
  std::thread thread_;  // from the first task on
};

}  // namespace tsorch
