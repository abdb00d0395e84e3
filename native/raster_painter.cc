#include "native/raster_painter.h"

#include <bit>
#include <limits>
#include <tuple>
#include <utility>

namespace sense {
namespace {

float NearestOf(const RasterCamera& camera) {
  return static_cast<float>(camera.parallel ? -camera.near : 1 / camera.near);
}

void AddOver(const Rgba& colour, Rgba* below) {
  const float alpha = colour[3];
  for (int c = 0; c < 3; ++c) {
    (*below)[c] = colour[c] * alpha + (*below)[c] * (1 - alpha);
  }
  (*below)[3] = alpha + (*below)[3] * (1 - alpha);
}

// Khronos' PBR neutral tone mapper (2024): colours up to 0.8 are kept.
Vec3f NeutralTone(Vec3f colour) {
  constexpr float kStart = 0.8f - 0.04f, kDesaturation = 0.15f;
  const float least = std::min({colour.x, colour.y, colour.z});
  const float offset =
      least < 0.08f ? least - 6.25f * least * least : 0.04f;
  colour = colour - Vec3f{offset, offset, offset};
  const float peak = std::max({colour.x, colour.y, colour.z});
  if (peak < kStart) return colour;
  constexpr float kRoom = 1 - kStart;
  const float mapped = 1 - kRoom * kRoom / (peak + kRoom - kStart);
  colour = colour * (mapped / peak);
  const float white = 1 - 1 / (kDesaturation * (peak - mapped) + 1);
  return Mix(colour, {mapped, mapped, mapped}, white);
}

}  // namespace

RasterPainter::RasterPainter(const RasterFrame& frame)
    : frame_(frame),
      samples_(frame.samples),
      visible_(frame.samples, NearestOf(frame.camera)),
      surface_(frame.draws, frame.camera),
      planes_(RasterSamples::kTilePixels, 0),
      colours_(frame.samples.planes()) {}

void RasterPainter::FindVisible(int tile) {
  tile_ = tile;
  visible_.Begin(tile);
  fragments_.clear();
  const TileBins& bins = frame_.bins;
  bool blended = false;
  for (const bool second : {false, true}) {
    if (second && !blended) break;
    for (size_t n = bins.start[tile]; n < bins.start[tile + 1]; ++n) {
      const uint32_t number = bins.triangles[n];
      surface_.Select(number);
      const AlphaMode mode = surface_.material().alpha_mode;
      blended |= mode == AlphaMode::kBlend;
      if (second != (mode == AlphaMode::kBlend)) continue;
      PixelBounds bounds;
      surface_.FindBounds(&bounds);
      if (mode == AlphaMode::kBlend) {
        AddFragments(bounds, number);
      } else if (mode == AlphaMode::kMask || surface_.is_point()) {
        DrawTested(bounds, number);
      } else {
        visible_.Draw(surface_.screen(), bounds, number);
      }
    }
  }
}

template <typename Found>
void RasterPainter::ForEachSample(const PixelBounds& bounds,
                                  const Found& found) {
  if (surface_.is_point()) {
    visible_.ForEachSample(surface_.disc(), frame_.camera, bounds, found);
  } else {
    visible_.ForEachSample(surface_.screen(), bounds, found);
  }
}

void RasterPainter::DrawTested(const PixelBounds& bounds, uint32_t number) {
  const RasterMaterial& material = surface_.material();
  const bool masked = material.alpha_mode == AlphaMode::kMask;
  ForEachSample(bounds, [&](int plane, int pixel, float nearness) {
    if (masked) {
      const auto [u, v] = samples_.Place(plane, X(pixel), Y(pixel));
      const float opacity = Opacity(surface_.ColourAt(u, v), material);
      if (opacity < material.alpha_cutoff) return;
    }
    visible_.Set(plane, pixel, nearness, number);
  });
}

void RasterPainter::AddFragments(const PixelBounds& bounds, uint32_t number) {
  touched_.clear();
  const size_t first = fragments_.size();
  ForEachSample(bounds, [&](int plane, int pixel, float nearness) {
    if (planes_[pixel] == 0) {
      touched_.push_back(pixel);
      fragments_.push_back({pixel, 0, nearness, number});
    }
    planes_[pixel] |= 1u << plane;
  });
  for (size_t n = 0; n < touched_.size(); ++n) {
    fragments_[first + n].planes = std::exchange(planes_[touched_[n]], 0);
  }
}

void RasterPainter::PaintColours(int tile) {
  FindVisible(tile);
  std::sort(fragments_.begin(), fragments_.end(),
            [](const Fragment& a, const Fragment& b) {
              return std::tie(a.pixel, a.nearness, a.number) <
                     std::tie(b.pixel, b.nearness, b.number);
            });
  size_t fragment = 0;
  const int width = samples_.right(tile) - samples_.left(tile);
  const int height = samples_.bottom(tile) - samples_.top(tile);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      PaintPixel(y * RasterSamples::kEdge + x, &fragment);
    }
  }
}

void RasterPainter::PaintPixel(int pixel, size_t* fragment) {
  const int x = X(pixel), y = Y(pixel);
  if (*fragment == fragments_.size()) {
    const uint32_t number = visible_.number(0, pixel);
    if (IsAll(number, pixel)) {
      const uint32_t all = (1u << samples_.planes()) - 1;
      Store(number == RasterTile::kNothing ? Rgba{0, 0, 0, 0}
                                           : ColourOf(number, all, x, y),
            x, y);
      return;
    }
  }
  ColourOpaque(pixel, x, y);
  // Those beyond the picture's edge are passed over.
  for (; *fragment < fragments_.size(); ++*fragment) {
    const Fragment& next = fragments_[*fragment];
    if (next.pixel > pixel) break;
    if (next.pixel < pixel) continue;
    const Rgba colour = ColourOf(next.number, next.planes, x, y);
    for (uint32_t left = next.planes; left != 0; left &= left - 1) {
      AddOver(colour, &colours_[std::countr_zero(left)]);
    }
  }
  Rgba sum = {0, 0, 0, 0};
  for (const Rgba& colour : colours_) {
    for (int c = 0; c < 4; ++c) sum[c] += colour[c];
  }
  const float share = 1.0f / static_cast<float>(samples_.planes());
  for (float& channel : sum) channel *= share;
  Store(sum, x, y);
}

bool RasterPainter::IsAll(uint32_t number, int pixel) const {
  for (int plane = 1; plane < samples_.planes(); ++plane) {
    if (visible_.number(plane, pixel) != number) return false;
  }
  return true;
}

// Every triangle that is seen in the pixel is shaded once.
void RasterPainter::ColourOpaque(int pixel, int x, int y) {
  const int planes = samples_.planes();
  uint32_t left = (1u << planes) - 1;
  while (left != 0) {
    const uint32_t number = visible_.number(std::countr_zero(left), pixel);
    uint32_t same = 0;
    for (uint32_t others = left; others != 0; others &= others - 1) {
      const int plane = std::countr_zero(others);
      if (visible_.number(plane, pixel) == number) same |= 1u << plane;
    }
    left &= ~same;
    const Rgba colour = number == RasterTile::kNothing
                            ? Rgba{0, 0, 0, 0}
                            : ColourOf(number, same, x, y);
    for (; same != 0; same &= same - 1) {
      colours_[std::countr_zero(same)] = colour;
    }
  }
}

// At the pixel's middle, or, where that is outside the triangle, in the middle
// of its samples.
Rgba RasterPainter::ColourOf(uint32_t number, uint32_t planes, int x, int y) {
  surface_.Select(number);
  double u = 0, v = 0;
  for (uint32_t left = planes; left != 0; left &= left - 1) {
    const auto place = samples_.Place(std::countr_zero(left), x, y);
    u += place[0];
    v += place[1];
  }
  const double count = std::popcount(planes);
  u /= count;
  v /= count;
  if (!samples_.distorted() && surface_.Covers(x, y)) {
    u = x;
    v = y;
  }
  SurfacePoint point = surface_.PointAt(u, v);
  if (samples_.distorted()) Stretch(x, y, &point);
  return Shade(point, surface_.material(), frame_.lighting);
}

// Changes of texture coordinates are those of a pixel without the lens.
void RasterPainter::Stretch(int x, int y, SurfacePoint* point) const {
  const auto steps = samples_.Steps(x, y);
  for (TextureCoordinates& texture : point->texture) {
    const TextureCoordinates straight = texture;
    const auto along = [&straight](const std::array<double, 2>& step, int c) {
      return static_cast<float>(step[0]) * straight.right[c] +
             static_cast<float>(step[1]) * straight.down[c];
    };
    texture.right = {along(steps[0], 0), along(steps[0], 1)};
    texture.down = {along(steps[1], 0), along(steps[1], 1)};
  }
}

void RasterPainter::Store(const Rgba& premultiplied, int x, int y) const {
  const int64_t place = 4 * (int64_t{y} * frame_.camera.width + x);
  const RasterOutputs& out = frame_.outputs;
  if (out.radiance) {
    std::copy(premultiplied.begin(), premultiplied.end(), out.radiance + place);
  }
  if (!out.rgba) return;
  const float alpha = premultiplied[3];
  if (!(alpha > 0)) {
    std::fill_n(out.rgba + place, 4, uint8_t{0});
    return;
  }
  const float scale = frame_.lighting.exposure / alpha;
  Vec3f colour =
      Vec3f{premultiplied[0], premultiplied[1], premultiplied[2]} * scale;
  if (frame_.lighting.tone_mapping == ToneMapping::kNeutral) {
    colour = NeutralTone(colour);
  }
  uint8_t* rgba = out.rgba + place;
  rgba[0] = SrgbOfLinear(colour.x);
  rgba[1] = SrgbOfLinear(colour.y);
  rgba[2] = SrgbOfLinear(colour.z);
  rgba[3] = static_cast<uint8_t>(Clamp01(alpha) * 255.0f + 0.5f);
}

void RasterPainter::StoreSurfaces(int tile) {
  FindVisible(tile);
  // Blended surfaces are seen as well: the nearest one counts.
  for (const Fragment& fragment : fragments_) {
    if (fragment.nearness > visible_.nearness(0, fragment.pixel)) {
      visible_.Set(0, fragment.pixel, fragment.nearness, fragment.number);
    }
  }
  for (int y = samples_.top(tile); y < samples_.bottom(tile); ++y) {
    for (int x = samples_.left(tile); x < samples_.right(tile); ++x) {
      const int pixel = (y - samples_.top(tile)) * RasterSamples::kEdge +
                        (x - samples_.left(tile));
      StoreSurface(x, y, visible_.number(0, pixel));
    }
  }
}

void RasterPainter::StoreSurface(int x, int y, uint32_t number) {
  const RasterOutputs& out = frame_.outputs;
  const int64_t place = int64_t{y} * frame_.camera.width + x;
  if (number == RasterTile::kNothing) {
    if (out.depth) out.depth[place] = std::numeric_limits<float>::quiet_NaN();
    if (out.draw) out.draw[place] = -1;
    if (out.triangle) out.triangle[place] = -1;
    if (out.weights) std::fill_n(out.weights + 3 * place, 3, 0.0);
    if (out.normal) std::fill_n(out.normal + 3 * place, 3, 0.0f);
    return;
  }
  surface_.Select(number);
  const auto [u, v] = samples_.Place(0, x, y);
  if (out.depth) out.depth[place] = static_cast<float>(surface_.Depth(u, v));
  if (out.draw) out.draw[place] = surface_.draw();
  if (out.triangle) out.triangle[place] = surface_.triangle();
  if (out.weights) {
    const std::array<double, 3> weights = surface_.WeightsAt(u, v);
    std::copy_n(weights.begin(), 3, out.weights + 3 * place);
  }
  if (out.normal) {
    const Vec3f normal = surface_.PointAt(u, v).normal;
    float* stored = out.normal + 3 * place;
    stored[0] = normal.x;
    stored[1] = normal.y;
    stored[2] = normal.z;
  }
}

}  // namespace sense
