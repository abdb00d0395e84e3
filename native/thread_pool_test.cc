#include "native/thread_pool.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "native/testing.h"

namespace sense {
namespace {

void EveryItemRunsOnce() {
  ThreadPool pool(3);
  std::vector<std::atomic<int>> runs(1000);
  pool.ForEach(1000, [&](int n) { ++runs[n]; });
  for (const auto& count : runs) SENSE_EXPECT(count == 1);
}

void WorksWithoutWorkers() {
  ThreadPool pool(0);
  int sum = 0;
  pool.ForEach(10, [&](int n) { sum += n; });
  SENSE_EXPECT(sum == 45);
}

void NoItemsIsNoWork() {
  ThreadPool pool(1);
  pool.ForEach(0, [](int) { SENSE_EXPECT(false); });
}

void LoopsOfSeveralCallersAllEnd() {
  ThreadPool pool(2);
  std::atomic<int> sum{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int loop = 0; loop < 50; ++loop) {
        pool.ForEach(20, [&](int) { ++sum; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  SENSE_EXPECT(sum == 4 * 50 * 20);
}

void AnExceptionReachesTheCaller() {
  ThreadPool pool(2);
  bool caught = false;
  try {
    pool.ForEach(100, [](int n) {
      if (n == 7) throw std::runtime_error("seven");
    });
  } catch (const std::runtime_error&) {
    caught = true;
  }
  SENSE_EXPECT(caught);
  int after = 0;
  pool.ForEach(1, [&](int) { ++after; });
  SENSE_EXPECT(after == 1);
}

}  // namespace
}  // namespace sense

int main() {
  sense::EveryItemRunsOnce();
  sense::WorksWithoutWorkers();
  sense::NoItemsIsNoWork();
  sense::LoopsOfSeveralCallersAllEnd();
  sense::AnExceptionReachesTheCaller();
}
