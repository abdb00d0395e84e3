#ifndef SENSE_NATIVE_CONNECTED_PARTS_H_
#define SENSE_NATIVE_CONNECTED_PARTS_H_

#include <cstdint>

namespace sense {

// Gives nodes that edges (pairs of nodes) join the same number, from 0 in the
// order in which the parts first occur; returns the number of parts.
int64_t ConnectedParts(int64_t node_count, const int32_t* edges,
                       int64_t edge_count, int32_t* parts);

}  // namespace sense

#endif  // SENSE_NATIVE_CONNECTED_PARTS_H_
