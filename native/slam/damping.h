#ifndef SENSE_NATIVE_SLAM_DAMPING_H_
#define SENSE_NATIVE_SLAM_DAMPING_H_

#include <algorithm>

namespace sense::slam {

// How much Levenberg and Marquardt's method distrusts its linear model (Nielsen,
// "Damping parameter in Marquardt's method", 1999).
class Damping {
 public:
  explicit Damping(double start = 1e-4) : value_(start) {}

  double value() const { return value_; }
  // After a step that made the cost smaller by `gain` of what was promised.
  void Trust(double gain) {
    const double cube = (2 * gain - 1) * (2 * gain - 1) * (2 * gain - 1);
    value_ = std::max(1e-12, value_ * std::max(1.0 / 3, 1 - cube));
    growth_ = 2;
  }
  // After a step that made it larger; false where it is time to give up.
  bool Distrust() {
    value_ *= growth_;
    growth_ *= 2;
    return value_ < 1e12;
  }

 private:
  double value_, growth_ = 2;
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_DAMPING_H_
