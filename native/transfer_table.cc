#include "native/transfer_table.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sense {

TransferTable::TransferTable(std::vector<Emission> entries, float low,
                             float high)
    : low_(low),
      places_per_value_(static_cast<float>(entries.size() - 1) / (high - low)),
      last_place_(static_cast<float>(entries.size() - 1)),
      entries_(std::move(entries)) {
  double sums[4] = {0, 0, 0, 0};
  Emission before = entries_.front();
  visible_before_.push_back(0);
  for (const Emission& entry : entries_) {
    if (!integrals_.empty()) {
      sums[0] += 0.5 * (before.red + entry.red);
      sums[1] += 0.5 * (before.green + entry.green);
      sums[2] += 0.5 * (before.blue + entry.blue);
      sums[3] += 0.5 * (before.extinction + entry.extinction);
    }
    integrals_.push_back(
        {static_cast<float>(sums[0]), static_cast<float>(sums[1]),
         static_cast<float>(sums[2]), static_cast<float>(sums[3])});
    visible_before_.push_back(visible_before_.back() +
                              (entry.extinction > 0 ? 1 : 0));
    before = entry;
  }
  FindVisible();
  visible_before_.push_back(visible_before_.back());
  entries_.push_back(entries_.back());
  integrals_.push_back(integrals_.back());
}

void TransferTable::FindVisible() {
  // What the first and the last entry show goes on without end.
  const int count = static_cast<int>(entries_.size());
  int first = 0, last = count - 1;
  while (first < count && !(entries_[first].extinction > 0)) ++first;
  while (last >= 0 && !(entries_[last].extinction > 0)) --last;
  constexpr float kEndless = 1e30f;
  first_visible_ = first == 0 ? -kEndless : static_cast<float>(first - 1);
  last_visible_ = last < 0            ? -kEndless
                  : last == count - 1 ? kEndless
                                      : static_cast<float>(last + 1);
}

bool TransferTable::Shows(ValueRange range) const {
  if (!(range.low <= range.high)) return false;
  const auto place = [this](float value) {
    return std::clamp((value - low_) * places_per_value_, 0.0f, last_place_);
  };
  const int first = static_cast<int>(place(range.low));
  const int last = static_cast<int>(std::ceil(place(range.high)));
  return visible_before_[last + 1] > visible_before_[first];
}

}  // namespace sense
