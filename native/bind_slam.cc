#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "native/bindings.h"
#include "native/lens.h"
#include "native/owned_array.h"
#include "native/slam/tracker.h"

namespace nb = nanobind;
using nb::literals::operator""_a;

namespace sense {
namespace {

using slam::Keyframe;
using slam::MapPoint;
using slam::Pose3;
using slam::Tracker;

template <typename T>
using Picture = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Numbers = std::array<double, 12>;

void CheckPicture(size_t height, size_t width) {
  constexpr size_t kSmallest = 32, kLargest = 1 << 14;
  if (height < kSmallest || width < kSmallest || height > kLargest ||
      width > kLargest) {
    throw nb::value_error("picture: too small or too large");
  }
}

slam::RigCamera CameraOf(const Numbers& coefficients, bool fisheye,
                         const std::array<double, 4>& focal_and_centre,
                         double baseline_m) {
  Lens lens;
  lens.k = coefficients;
  lens.fisheye = fisheye;
  lens.fx = focal_and_centre[0];
  lens.fy = focal_and_centre[1];
  lens.cx = focal_and_centre[2];
  lens.cy = focal_and_centre[3];
  for (double value : coefficients) {
    if (!std::isfinite(value)) throw nb::value_error("lens: not finite");
  }
  if (!(lens.fx > 0) || !(lens.fy > 0) || !std::isfinite(lens.fx + lens.fy)) {
    throw nb::value_error("lens: focal length");
  }
  slam::RigCamera camera;
  camera.lens = slam::LensProjection(lens);
  camera.baseline_m = baseline_m;
  return camera;
}

Tracker MakeTracker(const Numbers& coefficients, bool fisheye,
                    const std::array<double, 4>& focal_and_centre,
                    double baseline_m, int cell_px, int window) {
  slam::TrackerOptions options;
  options.corners.cell_px = cell_px;
  options.window = window;
  return Tracker(
      CameraOf(coefficients, fisheye, focal_and_centre, baseline_m), options);
}

int Process(Tracker& tracker, int index, double time_s,
            const Picture<uint8_t>& left,
            const std::optional<Picture<uint8_t>>& right,
            const std::optional<Picture<float>>& depth_m) {
  constexpr int kLevels = 5;
  const size_t height = left.shape(0), width = left.shape(1);
  CheckPicture(height, width);
  const auto same = [&](const auto& other) {
    return !other || (other->shape(0) == height && other->shape(1) == width);
  };
  if (!same(right) || !same(depth_m)) {
    throw nb::value_error("pictures of different sizes");
  }
  nb::gil_scoped_release released;
  slam::SensorFrame frame;
  frame.index = index;
  frame.time_s = time_s;
  const int w = static_cast<int>(width), h = static_cast<int>(height);
  frame.left = slam::ImagePyramid(left.data(), w, h, kLevels);
  if (right) frame.right = slam::ImagePyramid(right->data(), w, h, kLevels);
  if (depth_m) {
    frame.depth_m.assign(depth_m->data(), depth_m->data() + height * width);
  }
  return static_cast<int>(tracker.Process(std::move(frame)));
}

void AppendPose(const Pose3& camera_from_world, std::vector<double>* out) {
  const Pose3 pose = camera_from_world.Inverse();
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      out->push_back(pose.rotation(row, column));
    }
    out->push_back(pose.translation[row]);
  }
}

nb::object StartPairs(const Tracker& tracker) {
  std::vector<double> numbers;
  for (const auto& pair : tracker.StartPairs()) {
    const Eigen::Vector3d a =
        tracker.camera().lens.Ray(pair.first.x(), pair.first.y());
    const Eigen::Vector3d b =
        tracker.camera().lens.Ray(pair.second.x(), pair.second.y());
    numbers.insert(numbers.end(), {a.x(), a.y(), b.x(), b.y()});
  }
  return OwnedArray<4>(std::move(numbers));
}

bool StartWith(Tracker& tracker, const std::array<double, 9>& rotation,
               const std::array<double, 3>& translation) {
  Pose3 pose;
  for (int i = 0; i < 9; ++i) pose.rotation(i / 3, i % 3) = rotation[i];
  for (int i = 0; i < 3; ++i) pose.translation[i] = translation[i];
  nb::gil_scoped_release released;
  return tracker.StartWith(pose);
}

using Readings = nb::ndarray<const double, nb::shape<-1, 7>, nb::c_contig,
                             nb::device::cpu>;

// Readings: seconds, turn rate, acceleration. Noise: densities of both, walks of
// the biases of both.
void UseInertial(Tracker& tracker, const Readings& readings,
                 const std::array<double, 12>& camera_from_unit,
                 const std::array<double, 4>& noise) {
  slam::InertialUnit unit;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      unit.camera_from_body.rotation(i, j) = camera_from_unit[4 * i + j];
    }
    unit.camera_from_body.translation[i] = camera_from_unit[4 * i + 3];
  }
  for (double value : noise) {
    if (!(value > 0)) throw nb::value_error("noise");
  }
  unit.noise = {noise[0], noise[1]};
  unit.turn_rate_walk = noise[2];
  unit.acceleration_walk = noise[3];
  for (size_t n = 0; n < readings.shape(0); ++n) {
    const double* row = readings.data() + 7 * n;
    unit.readings.push_back({row[0], Eigen::Vector3d(row[1], row[2], row[3]),
                             Eigen::Vector3d(row[4], row[5], row[6])});
  }
  tracker.UseInertial(std::move(unit));
}

double AdjustAll(Tracker& tracker, int iterations, const StopFlag* stop) {
  nb::gil_scoped_release released;
  return tracker.AdjustAll(iterations, stop).cost_after;
}

// Numbers and times of frames, and their poses where they are known.
std::tuple<nb::object, nb::object, nb::object> FramePoses(
    const Tracker& tracker) {
  std::vector<int> frames;
  std::vector<double> times, poses;
  const auto& keyframes = tracker.map().keyframes;
  for (const slam::FrameRecord& record : tracker.records()) {
    if (record.keyframe < 0) continue;
    frames.push_back(record.frame);
    times.push_back(record.time_s);
    AppendPose(record.camera_from_keyframe *
                   keyframes[record.keyframe].camera_from_world,
               &poses);
  }
  return {OwnedArray(std::move(frames)), OwnedArray(std::move(times)),
          OwnedArray<12>(std::move(poses))};
}

std::tuple<nb::object, nb::object> KeyframePoses(const Tracker& tracker) {
  std::vector<int> frames;
  std::vector<double> poses;
  for (const Keyframe& keyframe : tracker.map().keyframes) {
    frames.push_back(keyframe.frame);
    AppendPose(keyframe.camera_from_world, &poses);
  }
  return {OwnedArray(std::move(frames)), OwnedArray<12>(std::move(poses))};
}

// Places of known points and how many keyframes saw each.
std::tuple<nb::object, nb::object> Points(const Tracker& tracker) {
  std::vector<double> places;
  std::vector<int> counts;
  for (const MapPoint& point : tracker.map().points) {
    if (!point.known || point.bad) continue;
    for (int i = 0; i < 3; ++i) places.push_back(point.position[i]);
    counts.push_back(static_cast<int>(point.keyframes.size()));
  }
  return {OwnedArray<3>(std::move(places)), OwnedArray(std::move(counts))};
}

// Of every track of the last frame: u, v, whether its point is known, and
// whether it fits.
nb::object Tracks(const Tracker& tracker) {
  std::vector<float> rows;
  for (const slam::Track& track : tracker.tracks()) {
    const MapPoint& point = tracker.map().points[track.point];
    rows.insert(rows.end(), {static_cast<float>(track.seen.u),
                             static_cast<float>(track.seen.v),
                             point.known ? 1.f : 0.f, track.inlier ? 1.f : 0.f});
  }
  return OwnedArray<4>(std::move(rows));
}

// Of every track of the last frame the place of its point, NaN where that is
// not known.
nb::object TrackPlaces(const Tracker& tracker) {
  std::vector<double> places;
  for (const slam::Track& track : tracker.tracks()) {
    const MapPoint& point = tracker.map().points[track.point];
    const bool known = point.known && !point.bad;
    for (int i = 0; i < 3; ++i) {
      places.push_back(known ? point.position[i]
                             : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return OwnedArray<3>(std::move(places));
}

nb::object LastPose(const Tracker& tracker) {
  std::vector<double> pose;
  AppendPose(tracker.pose(), &pose);
  return OwnedArray<4>(std::move(pose));
}

}  // namespace

void BindSlam(nb::module_& module) {
  nb::class_<Tracker>(module, "SlamTracker")
      .def("__init__",
           [](Tracker* self, const Numbers& coefficients, bool fisheye,
              const std::array<double, 4>& focal_and_centre, double baseline_m,
              int cell_px, int window) {
             new (self) Tracker(MakeTracker(coefficients, fisheye,
                                            focal_and_centre, baseline_m,
                                            cell_px, window));
           },
           "coefficients"_a, "fisheye"_a, "focal_and_centre"_a, "baseline_m"_a,
           "cell_px"_a, "window"_a)
      .def("process", &Process, "index"_a, "time_s"_a, "left"_a,
           "right"_a.none(), "depth_m"_a.none(),
           "0: starting, 1: tracking, 2: lost")
      .def("use_inertial", &UseInertial, "readings"_a, "camera_from_unit"_a,
           "noise"_a,
           "(n, 7) seconds, turn rates, accelerations; (3, 4) by rows; densities"
           " of both and walks of their biases")
      .def("inertial", &Tracker::inertial)
      .def("coasting", &Tracker::coasting)
      .def("start_pairs", &StartPairs)
      .def("start_with", &StartWith, "rotation"_a, "translation"_a)
      .def("adjust_all", &AdjustAll, "iterations"_a, "stop"_a.none())
      .def("frame_poses", &FramePoses)
      .def("keyframe_poses", &KeyframePoses)
      .def("points", &Points)
      .def("tracks", &Tracks)
      .def("track_places", &TrackPlaces)
      .def("pose", &LastPose, "(3, 4) world from camera")
      .def("inliers", &Tracker::inliers)
      .def("loops", &Tracker::loops)
      .def("focal_check",
           [](const Tracker& tracker) {
             const slam::FocalCheck& found = tracker.focal_check();
             return std::make_tuple(found.longer, found.sigma);
           },
           "share by which the focal length is longer, and its sigma")
      .def("right_offset",
           [](const Tracker& tracker) {
             const slam::RightOffset& found = tracker.right_offset();
             return std::make_tuple(found.pixels, found.sigma_px);
           });
}

}  // namespace sense
