#include "native/stereo.h"

#include <algorithm>

#include "native/processor.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kTileRows = 4;

SearchRows KernelOfProcessor() {
#ifdef SENSE_AVX2_KERNELS
  if (ProcessorHasAvx2()) return &avx2::SearchPlanes;
#endif
  return &baseline::SearchPlanes;
}

}  // namespace

bool SearchPass(const StereoTask& task, StereoPass pass, int number,
                const StopFlag* stop) {
  const SearchRows search = KernelOfProcessor();
  const int height = task.reference->height();
  const int tiles = (height + kTileRows - 1) / kTileRows;
  for (int colour = 0; colour < 2; ++colour) {
    ThreadPool::Shared().ForEach(tiles, [&](int tile) {
      if (Stopped(stop)) return;
      const int top = tile * kTileRows;
      search(task, {pass, number, colour, top,
                    std::min(top + kTileRows, height)});
    });
  }
  return !Stopped(stop);
}

}  // namespace sense
