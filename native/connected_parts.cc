#include "native/connected_parts.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace sense {

int64_t ConnectedParts(int64_t node_count, const int32_t* edges,
                       int64_t edge_count, int32_t* parts) {
  // Union by the lower number, with path halving: roots are first nodes.
  std::vector<int32_t> parent(node_count);
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&parent](int32_t node) {
    while (parent[node] != node) {
      parent[node] = parent[parent[node]];
      node = parent[node];
    }
    return node;
  };
  for (int64_t e = 0; e < edge_count; ++e) {
    const int32_t a = root(edges[2 * e]), b = root(edges[2 * e + 1]);
    parent[std::max(a, b)] = std::min(a, b);
  }
  int32_t count = 0;
  for (int32_t node = 0; node < node_count; ++node) {
    const int32_t first = root(node);
    parts[node] = first == node ? count++ : parts[first];
  }
  return count;
}

}  // namespace sense
