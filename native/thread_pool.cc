#include "native/thread_pool.h"

#include <algorithm>
#include <exception>

namespace sense {

struct ThreadPool::Loop {
  int count;
  const std::function<void(int)>& work;
  int begun = 0;
  int running = 0;
  std::exception_ptr error = nullptr;
  std::condition_variable done = {};
};

ThreadPool& ThreadPool::Shared() {
  // Leaked: joining threads while a library is unloaded can hang.
  static ThreadPool* pool = new ThreadPool(
      std::max(1, static_cast<int>(std::thread::hardware_concurrency())) - 1);
  return *pool;
}

ThreadPool::ThreadPool(int workers) {
  for (int n = 0; n < workers; ++n) {
    threads_.emplace_back([this] { Work(); });
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::ForEach(int count, const std::function<void(int)>& work) {
  if (count <= 0) return;
  Loop loop{count, work};
  std::unique_lock<std::mutex> lock(mutex_);
  loops_.push_front(&loop);
  if (count > 1) wake_.notify_all();
  while (loop.begun < loop.count) RunItem(lock, loop);
  loop.done.wait(lock, [&loop] { return loop.running == 0; });
  lock.unlock();
  if (loop.error) std::rethrow_exception(loop.error);
}

void ThreadPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return closing_ || !loops_.empty(); });
    if (loops_.empty()) return;
    RunItem(lock, *loops_.front());
  }
}

void ThreadPool::RunItem(std::unique_lock<std::mutex>& lock, Loop& loop) {
  const int item = loop.begun++;
  ++loop.running;
  if (loop.begun == loop.count) loops_.remove(&loop);
  lock.unlock();
  std::exception_ptr error;
  try {
    loop.work(item);
  } catch (...) {
    error = std::current_exception();
  }
  lock.lock();
  if (error && !loop.error) {
    loop.error = error;
    loop.begun = loop.count;
    loops_.remove(&loop);
  }
  if (--loop.running == 0) loop.done.notify_all();
}

}  // namespace sense
