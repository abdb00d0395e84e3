#ifndef SENSE_NATIVE_TRANSFER_TABLE_H_
#define SENSE_NATIVE_TRANSFER_TABLE_H_

#include <vector>

#include "native/value_blocks.h"

namespace sense {

// Colour times extinction, and extinction per mm; adds up along a ray.
struct Emission {
  float red = 0;
  float green = 0;
  float blue = 0;
  float extinction = 0;
};

// A transfer function with its integral over the value, from which the mean
// emission between two samples follows at once, however sharp the function is
// (pre-integration without self-attenuation: Engel, Kraus, Ertl, "High-quality
// pre-integrated volume rendering", 2001, section 3.2); see TransferLookup.
class TransferTable {
 public:
  // Entries at equal distances from value `low` to value `high`; beyond them
  // the first and the last go on. At least two.
  TransferTable(std::vector<Emission> entries, float low, float high);

  // Whether any value of a range shows.
  bool Shows(ValueRange range) const;

  float low() const { return low_; }
  float places_per_value() const { return places_per_value_; }
  float last_place() const { return last_place_; }
  const Emission* entries() const { return entries_.data(); }
  const Emission* integrals() const { return integrals_.data(); }
  // Between the two, at most, are the places that show.
  float first_visible() const { return first_visible_; }
  float last_visible() const { return last_visible_; }

 private:
  void FindVisible();

  float low_, places_per_value_, last_place_;
  std::vector<Emission> entries_;    // The last one twice.
  std::vector<Emission> integrals_;  // As long; of the places before.
  // Number of entries before n that show; one longer than the others.
  std::vector<int> visible_before_;
  float first_visible_, last_visible_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_TRANSFER_TABLE_H_
