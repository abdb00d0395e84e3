#include "native/stereo.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "native/depth_agreement.h"
#include "native/stereo_kernels.h"
#include "native/testing.h"

namespace sense {
namespace {

constexpr int kWidth = 72, kHeight = 56;
constexpr float kFocal = 80, kShift = 0.25f;
// Inverse depth of the slanted plane that all views see.
constexpr float kW = 0.25f, kAcross = 4e-4f, kDown = -2e-4f;

float PlaneAt(float x, float y) { return kW + kAcross * x + kDown * y; }

// A pattern without period in the reference's pixels.
float Pattern(float x, float y) {
  return 128 + 40 * std::sin(0.61f * x + 0.23f * y) +
         35 * std::sin(0.37f * x - 0.71f * y + 1) +
         30 * std::sin(0.17f * x + 1.13f * y + 2);
}

// What a camera shows that stands `shift` to the right: a pixel x of the
// reference is seen at x - f shift w, w linear in x.
std::vector<uint8_t> Seen(float shift) {
  std::vector<uint8_t> grey;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const float row = static_cast<float>(y);
      const float moved = kFocal * shift;
      const float from = (static_cast<float>(x) + moved * PlaneAt(0, row)) /
                         (1 - moved * kAcross);
      grey.push_back(static_cast<uint8_t>(Pattern(from, row) + 0.5f));
    }
  }
  return grey;
}

PixelMap MapOf(float shift) {
  return {{1, 0, 0, 0, 1, 0, 0, 0, 1}, {-kFocal * shift, 0, 0}};
}

// The reference between two neighbours.
struct Scene {
  explicit Scene(const uint8_t* usable = nullptr)
      : reference(Seen(0).data(), usable, kWidth, kHeight),
        left(Seen(-kShift).data(), nullptr, kWidth, kHeight),
        right(Seen(kShift).data(), nullptr, kWidth, kHeight),
        planes(kWidth * kHeight, SurfacePlane{}),
        costs(kWidth * kHeight, 0),
        weights(2 * kWidth * kHeight, 255) {}

  StereoTask Task() {
    StereoTask task;
    task.reference = &reference;
    task.intrinsics = {kFocal, 0, kWidth / 2, 0, kFocal, kHeight / 2, 0, 0, 1};
    task.neighbours = {{&left, MapOf(-kShift), MapOf(kShift), nullptr},
                       {&right, MapOf(kShift), MapOf(-kShift), nullptr}};
    task.planes = planes.data();
    task.costs = costs.data();
    task.weights = weights.data();
    task.options.furthest = 0.1f;
    task.options.nearest = 0.6f;
    return task;
  }

  void Search(int passes) {
    const StereoTask task = Task();
    SENSE_EXPECT(SearchPass(task, StereoPass::kBegin, 0, nullptr));
    for (int n = 1; n <= passes; ++n) {
      SENSE_EXPECT(SearchPass(task, StereoPass::kPropagate, n, nullptr));
    }
    SENSE_EXPECT(SearchPass(task, StereoPass::kFinish, 0, nullptr));
  }

  StereoPicture reference, left, right;
  std::vector<SurfacePlane> planes;
  std::vector<float> costs;
  std::vector<uint8_t> weights;
};

void ASlantedPlaneIsFoundFromNothing() {
  Scene scene;
  scene.Search(5);
  int right = 0, inside = 0;
  for (int y = 6; y < kHeight - 6; ++y) {
    for (int x = 14; x < kWidth - 14; ++x) {
      const float w =
          PlaneAt(static_cast<float>(x), static_cast<float>(y));
      // A tenth of a pixel.
      right += std::abs(scene.planes[y * kWidth + x].w - w) * kFocal * kShift <
               0.1f;
      ++inside;
    }
  }
  SENSE_EXPECT(right > 0.97 * inside);
}

void ThreadsDoNotChangeTheResult() {
  Scene one, other;
  one.Search(2);
  // The same passes in one thread, a row at a time, from the bottom.
  const StereoTask task = other.Task();
  const StereoPass passes[] = {StereoPass::kBegin, StereoPass::kPropagate,
                               StereoPass::kPropagate, StereoPass::kFinish};
  const int numbers[] = {0, 1, 2, 0};
  for (int n = 0; n < 4; ++n) {
    for (int colour = 0; colour < 2; ++colour) {
      for (int y = kHeight - 1; y >= 0; --y) {
        baseline::SearchPlanes(task, {passes[n], numbers[n], colour, y, y + 1});
      }
    }
  }
  for (size_t n = 0; n < one.planes.size(); ++n) {
    SENSE_EXPECT(one.planes[n].w == other.planes[n].w);
    SENSE_EXPECT(one.costs[n] == other.costs[n]);
  }
}

void NothingIsFoundWhereAPictureIsNotUsable() {
  std::vector<uint8_t> usable(kWidth * kHeight, 1);
  std::fill_n(usable.begin(), 10 * kWidth, uint8_t{0});
  Scene scene(usable.data());
  scene.Search(1);
  for (int n = 0; n < 10 * kWidth; ++n) {
    SENSE_EXPECT(scene.planes[n].w == 0 && scene.costs[n] == 2);
  }
}

void FoundDepthsStayInTheRange() {
  Scene scene;
  StereoTask task = scene.Task();
  task.options.nearest = 0.2f;  // Nearer than the plane is.
  SENSE_EXPECT(SearchPass(task, StereoPass::kBegin, 0, nullptr));
  SENSE_EXPECT(SearchPass(task, StereoPass::kPropagate, 1, nullptr));
  for (const SurfacePlane& plane : scene.planes) {
    SENSE_EXPECT(plane.w >= 0.1f && plane.w <= 0.2f);
  }
}

void ItStops() {
  Scene scene;
  StopFlag stop;
  stop.Stop();
  SENSE_EXPECT(!SearchPass(scene.Task(), StereoPass::kBegin, 0, &stop));
}

// Two cameras beside each other that see a plane at depth 4 without a slant.
struct Pair {
  explicit Pair(float other_depth = 4)
      : normals(3 * kWidth * kHeight, 0),
        depth(kWidth * kHeight, 4),
        other(kWidth * kHeight, other_depth),
        claimed(kWidth * kHeight, 0) {
    for (size_t n = 2; n < normals.size(); n += 3) normals[n] = -1;
  }

  DepthPicture Reference() const {
    return {kWidth, kHeight, depth.data(), normals.data()};
  }

  std::vector<DepthNeighbour> Neighbours() {
    DepthNeighbour one;
    one.picture = {kWidth, kHeight, other.data(), normals.data()};
    one.from_reference = MapOf(kShift);
    one.to_reference = MapOf(-kShift);
    one.turn_to_reference = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    one.claimed = claimed.data();
    return {one};
  }

  std::vector<float> normals, depth, other;
  std::vector<uint8_t> claimed;
};

constexpr DepthTolerance kTolerance = {1.5f, 0.01f, 0.5f};

void DepthsThatAgreeAreCounted() {
  Pair same, apart(4.1f);
  same.depth[0] = 0;
  std::vector<uint8_t> counts(kWidth * kHeight, 9);
  SENSE_EXPECT(CountAgreeing(same.Reference(), same.Neighbours(), kTolerance,
                             counts.data(), nullptr));
  // The neighbour sees all but the five columns on the left.
  for (int n = 0; n < kWidth * kHeight; ++n) {
    const int expected = n == 0 ? 0 : n % kWidth < 5 ? 1 : 2;
    SENSE_EXPECT(counts[n] == expected);
  }
  SENSE_EXPECT(CountAgreeing(apart.Reference(), apart.Neighbours(), kTolerance,
                             counts.data(), nullptr));
  for (const uint8_t count : counts) SENSE_EXPECT(count == 1);
}

void PlacesThatAreShownAreCounted() {
  const auto shown = [](Pair* pair) {
    std::vector<uint8_t> counts(kWidth * kHeight, 9);
    SENSE_EXPECT(CountShowing(pair->Reference(), pair->Neighbours(), 0.02f,
                              counts.data(), nullptr));
    return std::count(counts.begin(), counts.end(), 1);
  };
  const std::ptrdiff_t inside = (kWidth - 5) * kHeight;
  Pair unknown(0), alike(3.95f), hidden(3.9f), unused(-1);
  SENSE_EXPECT(shown(&unknown) == inside);
  SENSE_EXPECT(shown(&alike) == inside);
  SENSE_EXPECT(shown(&hidden) == 0);
  SENSE_EXPECT(shown(&unused) == 0);
}

void AgreeingDepthsBecomeOnePoint() {
  Pair pair(4.02f);
  const std::vector<uint8_t> free(kWidth * kHeight, 0);
  const FusedPoints points =
      FuseDepths(pair.Reference(), free.data(), pair.Neighbours(), kTolerance,
                 1, nullptr);
  SENSE_EXPECT(points.pixels.size() == size_t{(kWidth - 5) * kHeight});
  SENSE_EXPECT(points.first_view.size() == points.pixels.size() + 1);
  for (const float depth : points.depths) SENSE_EXPECT_NEAR(depth, 4.01, 1e-4);
  SENSE_EXPECT(std::count(pair.claimed.begin(), pair.claimed.end(), 1) ==
               std::ptrdiff_t{(kWidth - 5) * kHeight});
}

}  // namespace
}  // namespace sense

int main() {
  sense::ASlantedPlaneIsFoundFromNothing();
  sense::ThreadsDoNotChangeTheResult();
  sense::NothingIsFoundWhereAPictureIsNotUsable();
  sense::FoundDepthsStayInTheRange();
  sense::ItStops();
  sense::DepthsThatAgreeAreCounted();
  sense::PlacesThatAreShownAreCounted();
  sense::AgreeingDepthsBecomeOnePoint();
}
