#include "native/raster_environment.h"

#include <algorithm>
#include <utility>

#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr float kPi = 3.14159265f;
constexpr int kFinestEdge = 256, kDiffuseEdge = 32, kDiffuseSourceEdge = 64;
constexpr int kRoughnesses = 7, kCoarsestEdge = 16;
constexpr int kDirections = 128;  // Of each filtered texel.

// -1 or 1, also for 0.
float SignOf(float value) { return value < 0 ? -1.0f : 1.0f; }

// Coordinates -1 ... 1 of a direction.
std::array<float, 2> Unfold(const Vec3f& v) {
  const float scale = 1 / (std::abs(v.x) + std::abs(v.y) + std::abs(v.z));
  const float a = v.x * scale, b = v.y * scale;
  if (v.z >= 0) return {a, b};
  return {(1 - std::abs(b)) * SignOf(a), (1 - std::abs(a)) * SignOf(b)};
}

Vec3f Fold(float a, float b) {
  const float z = 1 - std::abs(a) - std::abs(b);
  if (z >= 0) return Normalised(Vec3f{a, b, z});
  return Normalised(Vec3f{(1 - std::abs(b)) * SignOf(a),
                          (1 - std::abs(a)) * SignOf(b), z});
}

// Linear between texels, round the panorama and up to the poles.
Vec3f PanoramaSample(const float* rgb, int width, int height,
                     const Vec3f& direction) {
  const float u = std::atan2(direction.z, direction.x) / (2 * kPi) + 0.5f;
  const float v =
      0.5f - std::asin(std::clamp(direction.y, -1.0f, 1.0f)) / kPi;
  const float x = u * static_cast<float>(width) - 0.5f;
  const float y = v * static_cast<float>(height) - 0.5f;
  const float left = std::floor(x), top = std::floor(y);
  const auto texel = [&](int i, int j) {
    const int column = (i % width + width) % width;
    const int row = std::clamp(j, 0, height - 1);
    const float* at = rgb + 3 * (int64_t{row} * width + column);
    return Vec3f{at[0], at[1], at[2]};
  };
  const int i = static_cast<int>(left), j = static_cast<int>(top);
  const Vec3f upper = Mix(texel(i, j), texel(i + 1, j), x - left);
  const Vec3f lower = Mix(texel(i, j + 1), texel(i + 1, j + 1), x - left);
  return Mix(upper, lower, y - top);
}

// Fine panoramas are averaged over a texel by 4 x 4 samples.
OctahedralMap OfPanorama(const float* rgb, int width, int height) {
  OctahedralMap map(kFinestEdge);
  ThreadPool::Shared().ForEach(kFinestEdge, [&](int y) {
    for (int x = 0; x < kFinestEdge; ++x) {
      Vec3f sum;
      for (int n = 0; n < 16; ++n) {
        const float a = (x + (n % 4 + 0.5f) / 4) * 2 / kFinestEdge - 1;
        const float b = (y + (n / 4 + 0.5f) / 4) * 2 / kFinestEdge - 1;
        sum += PanoramaSample(rgb, width, height, Fold(a, b));
      }
      map.At(x, y) = sum * (1.0f / 16);
    }
  });
  return map;
}

OctahedralMap CosineFiltered(const OctahedralMap& source) {
  OctahedralMap map(kDiffuseEdge);
  ThreadPool::Shared().ForEach(kDiffuseEdge, [&](int y) {
    for (int x = 0; x < kDiffuseEdge; ++x) {
      const Vec3f normal = map.DirectionOf(x, y);
      Vec3f sum;
      float weights = 0;
      for (int j = 0; j < source.edge(); ++j) {
        for (int i = 0; i < source.edge(); ++i) {
          const float cosine = Dot(normal, source.DirectionOf(i, j));
          if (cosine <= 0) continue;
          const float weight = cosine * source.SolidAngle(i, j);
          sum += source.At(i, j) * weight;
          weights += weight;
        }
      }
      map.At(x, y) = sum * (1 / weights);
    }
  });
  return map;
}

float RadicalInverse(uint32_t n) {
  uint32_t reversed = 0;
  for (int bit = 0; bit < 32; ++bit) reversed |= (n >> bit & 1) << (31 - bit);
  return static_cast<float>(reversed * 2.3283064365386963e-10);
}

// A direction that a GGX mirror reflects to its normal (0, 0, 1), and the level
// of detail at which the source is as coarse as the sample is wide.
struct LobeSample {
  Vec3f direction;
  float level;
};

std::vector<LobeSample> LobeOf(float roughness) {
  const float alpha = roughness * roughness, a2 = alpha * alpha;
  const float texel = 4 * kPi / (kFinestEdge * kFinestEdge);
  std::vector<LobeSample> lobe;
  for (int n = 0; n < kDirections; ++n) {
    const float u = (n + 0.5f) / kDirections;
    const float angle = 2 * kPi * RadicalInverse(n);
    const float cosine = std::sqrt((1 - u) / (1 + (a2 - 1) * u));
    const float sine = std::sqrt(std::max(0.0f, 1 - cosine * cosine));
    const Vec3f half{sine * std::cos(angle), sine * std::sin(angle), cosine};
    const Vec3f light{2 * cosine * half.x, 2 * cosine * half.y,
                      2 * cosine * cosine - 1};
    if (light.z <= 0) continue;
    const float spread = cosine * cosine * (a2 - 1) + 1;
    const float density = a2 / (kPi * spread * spread) / 4;
    const float solid = 1 / (kDirections * density);
    lobe.push_back({light, std::max(0.0f, 0.5f * std::log2(solid / texel) + 1)});
  }
  return lobe;
}

Vec3f Filtered(const std::vector<OctahedralMap>& sources,
               const std::vector<LobeSample>& lobe, const Vec3f& normal) {
  const Vec3f other =
      std::abs(normal.z) < 0.9f ? Vec3f{0, 0, 1} : Vec3f{1, 0, 0};
  const Vec3f tangent = Normalised(Cross(other, normal));
  const Vec3f bitangent = Cross(normal, tangent);
  const int last = static_cast<int>(sources.size()) - 1;
  Vec3f sum;
  float weights = 0;
  for (const LobeSample& sample : lobe) {
    const Vec3f direction = tangent * sample.direction.x +
                            bitangent * sample.direction.y +
                            normal * sample.direction.z;
    const int level = std::min(static_cast<int>(sample.level), last);
    const Vec3f fine = sources[level].Sample(direction);
    const Vec3f coarse = sources[std::min(level + 1, last)].Sample(direction);
    const float between = Clamp01(sample.level - static_cast<float>(level));
    sum += Mix(fine, coarse, between) * sample.direction.z;
    weights += sample.direction.z;
  }
  return sum * (1 / weights);
}

}  // namespace

OctahedralMap::OctahedralMap(int edge)
    : edge_(edge), texels_(size_t{1} * edge * edge) {}

Vec3f OctahedralMap::DirectionOf(int x, int y) const {
  const float scale = 2.0f / static_cast<float>(edge_);
  return Fold((static_cast<float>(x) + 0.5f) * scale - 1,
              (static_cast<float>(y) + 0.5f) * scale - 1);
}

// A face of the octahedron that is at 1 / sqrt(3) from the middle, seen at
// distance |p|: its area shrinks by cos / |p|^2.
float OctahedralMap::SolidAngle(int x, int y) const {
  const Vec3f v = DirectionOf(x, y);
  const float taxi = std::abs(v.x) + std::abs(v.y) + std::abs(v.z);
  const float texel = 4.0f / static_cast<float>(edge_ * edge_);
  return texel * taxi * taxi * taxi;
}

Vec3f OctahedralMap::Sample(const Vec3f& direction) const {
  const auto [a, b] = Unfold(direction);
  const float x = (a + 1) * 0.5f * static_cast<float>(edge_) - 0.5f;
  const float y = (b + 1) * 0.5f * static_cast<float>(edge_) - 0.5f;
  const float left = std::floor(x), top = std::floor(y);
  const int i = static_cast<int>(left), j = static_cast<int>(top);
  if (i >= 0 && j >= 0 && i + 1 < edge_ && j + 1 < edge_) {
    const Vec3f* texel = &texels_[j * edge_ + i];
    return Mix(Mix(texel[0], texel[1], x - left),
               Mix(texel[edge_], texel[edge_ + 1], x - left), y - top);
  }
  return Mix(Mix(Wrapped(i, j), Wrapped(i + 1, j), x - left),
             Mix(Wrapped(i, j + 1), Wrapped(i + 1, j + 1), x - left), y - top);
}

// Beyond an edge of the square the same edge goes on, turned half round.
const Vec3f& OctahedralMap::Wrapped(int x, int y) const {
  if (x < 0 || x >= edge_) {
    x = x < 0 ? -1 - x : 2 * edge_ - 1 - x;
    y = edge_ - 1 - y;
  }
  if (y < 0 || y >= edge_) {
    y = y < 0 ? -1 - y : 2 * edge_ - 1 - y;
    x = edge_ - 1 - x;
  }
  return At(x, y);
}

OctahedralMap OctahedralMap::Halved() const {
  OctahedralMap half(edge_ / 2);
  for (int y = 0; y < half.edge_; ++y) {
    for (int x = 0; x < half.edge_; ++x) {
      Vec3f sum;
      float weights = 0;
      for (int n = 0; n < 4; ++n) {
        const int i = 2 * x + n % 2, j = 2 * y + n / 2;
        const float weight = SolidAngle(i, j);
        sum += At(i, j) * weight;
        weights += weight;
      }
      half.At(x, y) = sum * (1 / weights);
    }
  }
  return half;
}

RasterEnvironment::RasterEnvironment(const float* rgb, int width, int height,
                                     const Affine3& panorama_from_world)
    : panorama_from_world_(panorama_from_world), diffuse_(kDiffuseEdge) {
  std::vector<OctahedralMap> sources = {OfPanorama(rgb, width, height)};
  while (sources.back().edge() > 2) {
    OctahedralMap next = sources.back().Halved();
    sources.push_back(std::move(next));
  }
  for (const OctahedralMap& source : sources) {
    if (source.edge() == kDiffuseSourceEdge) diffuse_ = CosineFiltered(source);
  }
  FilterSpecular(sources);
}

void RasterEnvironment::FilterSpecular(
    const std::vector<OctahedralMap>& sources) {
  specular_.push_back(sources.front());
  for (int n = 1; n < kRoughnesses; ++n) {
    const float roughness = static_cast<float>(n) / (kRoughnesses - 1);
    const std::vector<LobeSample> lobe = LobeOf(roughness);
    OctahedralMap map(std::max(kFinestEdge >> n, kCoarsestEdge));
    ThreadPool::Shared().ForEach(map.edge(), [&](int y) {
      for (int x = 0; x < map.edge(); ++x) {
        map.At(x, y) = Filtered(sources, lobe, map.DirectionOf(x, y));
      }
    });
    specular_.push_back(std::move(map));
  }
}

Vec3f RasterEnvironment::ToPanorama(const Vec3f& v) const {
  return ToFloat(panorama_from_world_.Direction({v.x, v.y, v.z}));
}

Vec3f RasterEnvironment::Diffuse(const Vec3f& normal) const {
  return diffuse_.Sample(ToPanorama(normal));
}

Vec3f RasterEnvironment::Specular(const Vec3f& direction,
                                  float roughness) const {
  const float place = Clamp01(roughness) * (kRoughnesses - 1);
  const int level = std::min(static_cast<int>(place), kRoughnesses - 2);
  const Vec3f turned = ToPanorama(direction);
  return Mix(specular_[level].Sample(turned),
             specular_[level + 1].Sample(turned),
             place - static_cast<float>(level));
}

}  // namespace sense
