#ifndef SENSE_NATIVE_BLOCK_DISTANCES_H_
#define SENSE_NATIVE_BLOCK_DISTANCES_H_

#include <array>
#include <cstdint>
#include <vector>

namespace sense {

// Which way rays go along every axis: 1 or -1, or 0 where some go either way.
using RayWays = std::array<int, 3>;

// What no distance is beyond.
inline constexpr uint8_t kFarthestBlock = 60;

// Distance of every block, i fastest, to the nearest occupied one that rays can
// come to, in blocks and in the maximum norm, at most kFarthestBlock; 0 where
// occupied. What is behind a ray does not shorten its leaps (Deakin and
// Knackstedt, "Efficient ray casting of volumetric images using distance maps
// for empty space skipping", 2020).
std::vector<uint8_t> DistancesToOccupied(const std::array<int, 3>& size,
                                         const std::vector<uint8_t>& occupied,
                                         const RayWays& ways);

}  // namespace sense

#endif  // SENSE_NATIVE_BLOCK_DISTANCES_H_
