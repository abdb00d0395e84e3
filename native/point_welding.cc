#include "native/point_welding.h"

#include <bit>

namespace sense {
namespace {

// SplitMix64 (Steele, Lea and Flood 2014).
uint64_t Mixed(uint64_t value) {
  value += 0x9E3779B97F4A7C15;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
  value = (value ^ value >> 27) * 0x94D049BB133111EB;
  return value ^ value >> 31;
}

// Adding 0 makes one zero of both.
uint64_t BitsOf(double value) { return std::bit_cast<uint64_t>(value + 0.0); }

uint64_t Hash(const double* point) {
  return Mixed(BitsOf(point[0]) ^
               Mixed(BitsOf(point[1]) ^ Mixed(BitsOf(point[2]))));
}

bool Same(const double* a, const double* b) {
  return BitsOf(a[0]) == BitsOf(b[0]) && BitsOf(a[1]) == BitsOf(b[1]) &&
         BitsOf(a[2]) == BitsOf(b[2]);
}

// A table of places, open addressing and at most half full.
class Places {
 public:
  explicit Places(const double* points) : points_(points) {}

  int64_t count() const { return static_cast<int64_t>(first_.size()); }

  // The number of the place of a point.
  int64_t NumberOf(int64_t point) {
    if (2 * first_.size() >= slots_.size()) Grow();
    int64_t& slot = SlotOf(points_ + 3 * point);
    if (slot < 0) {
      slot = count();
      first_.push_back(point);
    }
    return slot;
  }

 private:
  int64_t& SlotOf(const double* point) {
    uint64_t slot = Hash(point) & (slots_.size() - 1);
    while (slots_[slot] >= 0 &&
           !Same(points_ + 3 * first_[slots_[slot]], point)) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slots_[slot];
  }

  void Grow() {
    slots_.assign(slots_.empty() ? 1024 : 4 * slots_.size(), -1);
    for (int64_t place = 0; place < count(); ++place) {
      SlotOf(points_ + 3 * first_[place]) = place;
    }
  }

  const double* points_;
  std::vector<int64_t> first_;  // The first point of every place.
  std::vector<int64_t> slots_;
};

}  // namespace

int64_t WeldPoints(const double* points, int64_t count, int64_t* numbers) {
  Places places(points);
  for (int64_t n = 0; n < count; ++n) numbers[n] = places.NumberOf(n);
  return places.count();
}

}  // namespace sense
