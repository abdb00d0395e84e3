#include "native/figure_pose.h"

#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int kVerticesAtOnce = 1024;

// Single precision rows of a joint's map.
struct JointMap {
  std::array<float, 12> value = {};

  JointMap() = default;
  explicit JointMap(const Affine3& map) {
    for (int r = 0; r < 3; ++r) {
      const Vec3f row = ToFloat(map.row[r]);
      const float shift = ToFloat(map.shift).*kAxes[r];
      value[4 * r] = row.x;
      value[4 * r + 1] = row.y;
      value[4 * r + 2] = row.z;
      value[4 * r + 3] = shift;
    }
  }

  Vec3f Direction(const Vec3f& v) const {
    return {value[0] * v.x + value[1] * v.y + value[2] * v.z,
            value[4] * v.x + value[5] * v.y + value[6] * v.z,
            value[8] * v.x + value[9] * v.y + value[10] * v.z};
  }
  Vec3f Point(const Vec3f& p) const {
    return Direction(p) + Vec3f{value[3], value[7], value[11]};
  }
  // Turns normals also where the map scales or shears.
  Vec3f Normal(const Vec3f& n) const {
    const Vec3f a{value[0], value[1], value[2]};
    const Vec3f b{value[4], value[5], value[6]};
    const Vec3f c{value[8], value[9], value[10]};
    return Normalised(
        Vec3f{Dot(Cross(b, c), n), Dot(Cross(c, a), n), Dot(Cross(a, b), n)});
  }

  static constexpr float Vec3f::* kAxes[3] = {&Vec3f::x, &Vec3f::y, &Vec3f::z};
};

JointMap Blended(const std::vector<JointMap>& maps,
                 const std::array<int32_t, 4>& joints,
                 const std::array<float, 4>& weights) {
  JointMap blended;
  for (int n = 0; n < 4; ++n) {
    if (weights[n] == 0) continue;
    const JointMap& map = maps[joints[n]];
    for (int c = 0; c < 12; ++c) blended.value[c] += weights[n] * map.value[c];
  }
  return blended;
}

void AddTarget(const MorphTarget& target, float weight, int first, int end,
               VertexPose* pose) {
  const auto& vertices = target.vertices;
  auto from = std::lower_bound(vertices.begin(), vertices.end(), first);
  for (; from != vertices.end() && *from < end; ++from) {
    const size_t n = from - vertices.begin();
    pose->positions[*from] += target.positions[n] * weight;
    if (!target.normals.empty()) {
      pose->normals[*from] += target.normals[n] * weight;
    }
  }
}

void Skin(const FigureSkin& skin, const std::vector<JointMap>& maps, int n,
          VertexPose* pose) {
  const JointMap map = Blended(maps, skin.joints[n], skin.weights[n]);
  pose->positions[n] = map.Point(pose->positions[n]);
  pose->normals[n] = map.Normal(pose->normals[n]);
  if (pose->tangents.empty()) return;
  auto& t = pose->tangents[n];
  const Vec3f turned = Normalised(map.Direction({t[0], t[1], t[2]}));
  t = {turned.x, turned.y, turned.z, t[3]};
}

}  // namespace

MorphTarget SparseTarget(const Vec3f* positions, const Vec3f* normals,
                         size_t count) {
  const auto moves = [](const Vec3f* v, size_t n) {
    return v && (v[n].x != 0 || v[n].y != 0 || v[n].z != 0);
  };
  MorphTarget target;
  for (size_t n = 0; n < count; ++n) {
    if (!moves(positions, n) && !moves(normals, n)) continue;
    target.vertices.push_back(static_cast<int32_t>(n));
    target.positions.push_back(positions[n]);
    if (normals) target.normals.push_back(normals[n]);
  }
  return target;
}

VertexPose PoseFigure(const VertexPose& rest,
                      const std::vector<MorphTarget>& targets,
                      const std::vector<float>& target_weights,
                      const FigureSkin& skin,
                      const std::vector<Affine3>& world_from_rest) {
  VertexPose pose = rest;
  const std::vector<JointMap> maps(world_from_rest.begin(),
                                   world_from_rest.end());
  const int count = static_cast<int>(rest.positions.size());
  const int parts = (count + kVerticesAtOnce - 1) / kVerticesAtOnce;
  ThreadPool::Shared().ForEach(parts, [&](int part) {
    const int first = part * kVerticesAtOnce;
    const int end = std::min(first + kVerticesAtOnce, count);
    for (size_t t = 0; t < targets.size(); ++t) {
      if (target_weights[t] == 0) continue;
      AddTarget(targets[t], target_weights[t], first, end, &pose);
    }
    for (int n = first; n < end; ++n) {
      if (skin.empty()) {
        pose.normals[n] = Normalised(pose.normals[n]);
      } else {
        Skin(skin, maps, n, &pose);
      }
    }
  });
  return pose;
}

}  // namespace sense
