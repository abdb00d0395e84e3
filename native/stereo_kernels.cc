// Compiled once for every instruction set, see CMakeLists.txt.
#include "native/stereo_kernels.h"

#include "native/stereo_search.h"

namespace sense {
inline namespace SENSE_KERNEL_TARGET {

void SearchPlanes(const StereoTask& task, const StereoRows& rows) {
  PlaneSearch search(task);
  const StereoPicture& picture = *task.reference;
  for (int y = rows.top; y < rows.bottom; ++y) {
    for (int x = (y + rows.colour) & 1; x < picture.width(); x += 2) {
      if (!picture.Usable(x, y)) {
        const size_t pixel = size_t{1} * y * picture.width() + x;
        task.planes[pixel] = {};
        task.costs[pixel] = kWorstCost;
        continue;
      }
      switch (rows.pass) {
        case StereoPass::kBegin:
          search.Begin(x, y);
          break;
        case StereoPass::kPropagate:
          search.Propagate(x, y, rows.number);
          break;
        case StereoPass::kFinish:
          search.Finish(x, y);
          break;
      }
    }
  }
}

}  // namespace SENSE_KERNEL_TARGET
}  // namespace sense
