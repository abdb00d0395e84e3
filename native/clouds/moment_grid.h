#ifndef SENSE_NATIVE_CLOUDS_MOMENT_GRID_H_
#define SENSE_NATIVE_CLOUDS_MOMENT_GRID_H_

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace sense {

// How many points there are, their sum and the sum of their squares; the
// points are taken relative to the grid's origin.
struct Moments {
  double count = 0;
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  // xx, xy, xz, yy, yz, zz.
  Eigen::Matrix<double, 6, 1> squares = Eigen::Matrix<double, 6, 1>::Zero();

  void Add(const Eigen::Vector3d& point);
  void Add(const Moments& other);
  Eigen::Vector3d mean() const { return sum / count; }
  Eigen::Matrix3d covariance() const;
};

// Sparse cubes of space with the moments of the points in them.
class MomentGrid {
 public:
  using Key = uint64_t;

  MomentGrid() = default;

  // Takes `count` points of three coordinates; points that are not finite or
  // further than 2^19 cells from the origin are left out.
  static MomentGrid Of(const double* points, int64_t count, double cell_size,
                       const Eigen::Vector3d& origin);

  // The same points in cells twice as large.
  MomentGrid Halved() const;

  double cell_size() const { return cell_size_; }
  const Eigen::Vector3d& origin() const { return origin_; }
  int size() const { return static_cast<int>(moments_.size()); }
  const Moments& moments(int cell) const { return moments_[cell]; }

  // The number of the cell with integer coordinates, or -1.
  int Find(int64_t x, int64_t y, int64_t z) const;
  // Integer coordinates of a cell and of a point relative to the origin.
  void PlaceOf(int cell, int64_t place[3]) const;
  Eigen::Vector3d Scaled(const Eigen::Vector3d& point) const {
    return point / cell_size_;
  }

 private:
  struct Slot {
    Key key;
    int32_t cell;
  };

  int Insert(Key key);
  void Rehash(size_t slots);
  size_t SlotOf(Key key) const;

  double cell_size_ = 1;
  Eigen::Vector3d origin_ = Eigen::Vector3d::Zero();
  std::vector<Key> keys_;
  std::vector<Moments> moments_;
  std::vector<Slot> slots_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_CLOUDS_MOMENT_GRID_H_
