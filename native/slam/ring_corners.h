#ifndef SENSE_NATIVE_SLAM_RING_CORNERS_H_
#define SENSE_NATIVE_SLAM_RING_CORNERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sense::slam {

// A grey picture that belongs to somebody else.
struct GreyView {
  const uint8_t* pixels = nullptr;
  int width = 0, height = 0;
  ptrdiff_t stride = 0;

  const uint8_t* row(int y) const { return pixels + y * stride; }
};

struct RingCorner {
  int x = 0, y = 0;
  // The largest threshold by which it is still a corner, grey levels.
  int strength = 0;
};

// A part of a picture: from (left, top) up to, without, (right, bottom).
struct PixelWindow {
  int left = 0, top = 0, right = 0, bottom = 0;
};

// The corners of a part of a picture that are stronger than their eight
// neighbours, row by row: FAST-9 (Rosten and Drummond, "Machine learning for
// high-speed corner detection", ECCV 2006). The ring must lie in the picture:
// three pixels along the border are left out.
std::vector<RingCorner> FindRingCorners(const GreyView& picture,
                                        PixelWindow window, int threshold);

// The same without the comparison with neighbours: all corners, row by row.
std::vector<RingCorner> AllRingCorners(const GreyView& picture,
                                       PixelWindow window, int threshold);

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_RING_CORNERS_H_
