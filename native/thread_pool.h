#ifndef SENSE_NATIVE_THREAD_POOL_H_
#define SENSE_NATIVE_THREAD_POOL_H_

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace sense {

// Worker threads that live as long as the process and share out the items of
// loops. Several threads may call ForEach at once; the newest loop is served
// first, so that a small slice does not wait behind a large picture. The
// caller works too: a loop ends even where no worker is free or alive (fork).
class ThreadPool {
 public:
  // One pool with as many threads as cores; never destroyed.
  static ThreadPool& Shared();

  explicit ThreadPool(int workers);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Calls work(0) ... work(count - 1) in any order, on any thread, and returns
  // when all have returned. The first exception is rethrown here; items not
  // yet begun are then left out.
  void ForEach(int count, const std::function<void(int)>& work);

 private:
  struct Loop;

  void Work();
  void RunItem(std::unique_lock<std::mutex>& lock, Loop& loop);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::list<Loop*> loops_;  // Loops with items not yet begun, newest first.
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_THREAD_POOL_H_
