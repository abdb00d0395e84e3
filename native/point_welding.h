#ifndef SENSE_NATIVE_POINT_WELDING_H_
#define SENSE_NATIVE_POINT_WELDING_H_

#include <cstdint>
#include <vector>

namespace sense {

// Gives points at exactly the same place the same number, from 0 in the order
// in which the places first occur; returns the number of places. `points`
// holds three coordinates each; `numbers` has room for `count`.
int64_t WeldPoints(const double* points, int64_t count, int64_t* numbers);

}  // namespace sense

#endif  // SENSE_NATIVE_POINT_WELDING_H_
