#include "native/grey_picture.h"

#include <algorithm>

#include "native/multiversion.h"
#include "native/thread_pool.h"

namespace sense {
namespace {

constexpr int64_t kChunk = 1 << 16;

SENSE_MULTIVERSION void Fill(const float* values, int64_t count,
                             const GreyOptions& options, uint8_t* out) {
  const float low = options.low;
  const float scale = 255.0f / (options.high - options.low);
  const int32_t flip = options.inverted ? 255 : 0;
  const int32_t nan_grey = options.nan_grey;
  for (int64_t n = 0; n < count; ++n) {
    const float value = values[n];
    const float scaled = (value - low) * scale;
    const float raised = scaled > 0.0f ? scaled : 0.0f;
    const float grey = (raised < 255.0f ? raised : 255.0f) + 0.5f;
    const int32_t level = static_cast<int32_t>(grey) ^ flip;
    out[n] = static_cast<uint8_t>(value == value ? level : nan_grey);
  }
}

void FillStep(const float* values, int64_t count, const GreyOptions& options,
              uint8_t* out) {
  const int flip = options.inverted ? 255 : 0;
  for (int64_t n = 0; n < count; ++n) {
    const int level = (values[n] > options.low ? 255 : 0) ^ flip;
    out[n] = values[n] == values[n] ? static_cast<uint8_t>(level)
                                    : options.nan_grey;
  }
}

}  // namespace

void GreyPicture(const float* values, int64_t count,
                 const GreyOptions& options, uint8_t* out) {
  const auto fill = options.high > options.low ? Fill : FillStep;
  const int chunks = static_cast<int>((count + kChunk - 1) / kChunk);
  ThreadPool::Shared().ForEach(chunks, [&](int chunk) {
    const int64_t begin = chunk * kChunk;
    const int64_t size = std::min(kChunk, count - begin);
    fill(values + begin, size, options, out + begin);
  });
}

}  // namespace sense
