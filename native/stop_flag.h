#ifndef SENSE_NATIVE_STOP_FLAG_H_
#define SENSE_NATIVE_STOP_FLAG_H_

#include <atomic>
#include <cstdint>

namespace sense {

// Set by any thread to end a kernel early; kernels look at it between tiles.
class StopFlag {
 public:
  void Stop() { value_.store(1, std::memory_order_relaxed); }
  bool stopped() const { return value_.load(std::memory_order_relaxed) != 0; }

 private:
  std::atomic<int32_t> value_{0};
};

inline bool Stopped(const StopFlag* stop) { return stop && stop->stopped(); }

}  // namespace sense

#endif  // SENSE_NATIVE_STOP_FLAG_H_
