#ifndef SENSE_NATIVE_FUSION_BLOCK_TABLE_H_
#define SENSE_NATIVE_FUSION_BLOCK_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sense {

using BlockPlace = std::array<int32_t, 3>;

// Numbers for places of blocks: a hash table with open addressing that only
// grows. Places lie within +-2^20 along each axis.
class BlockTable {
 public:
  static constexpr int32_t kFurthest = 1 << 20;

  BlockTable() : slots_(1024, kFree) {}

  // The number of a place, or -1.
  int32_t Find(const BlockPlace& place) const {
    for (size_t slot = SlotOf(place);; slot = (slot + 1) & (slots_.size() - 1)) {
      const int32_t number = slots_[slot];
      if (number == kFree) return -1;
      if (places_[static_cast<size_t>(number)] == place) return number;
    }
  }

  // The number of a place, which is given the next one if it has none.
  int32_t FindOrAdd(const BlockPlace& place) {
    size_t slot = SlotOf(place);
    for (; slots_[slot] != kFree; slot = (slot + 1) & (slots_.size() - 1)) {
      if (places_[static_cast<size_t>(slots_[slot])] == place) return slots_[slot];
    }
    const auto number = static_cast<int32_t>(places_.size());
    slots_[slot] = number;
    places_.push_back(place);
    if (2 * places_.size() > slots_.size()) Grow();
    return number;
  }

  // By number.
  const std::vector<BlockPlace>& places() const { return places_; }
  size_t size() const { return places_.size(); }

 private:
  static constexpr int32_t kFree = -1;

  size_t SlotOf(const BlockPlace& place) const {
    uint64_t key = 0;
    for (const int32_t part : place) {
      key = key << 21 | static_cast<uint64_t>(part + kFurthest);
    }
    key ^= key >> 30;  // The finaliser of SplitMix64 (Steele et al. 2014).
    key *= 0xBF58476D1CE4E5B9u;
    key ^= key >> 27;
    key *= 0x94D049BB133111EBu;
    return static_cast<size_t>(key ^ key >> 31) & (slots_.size() - 1);
  }

  void Grow() {
    slots_.assign(2 * slots_.size(), kFree);
    for (size_t number = 0; number < places_.size(); ++number) {
      size_t slot = SlotOf(places_[number]);
      while (slots_[slot] != kFree) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = static_cast<int32_t>(number);
    }
  }

  std::vector<int32_t> slots_;
  std::vector<BlockPlace> places_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_FUSION_BLOCK_TABLE_H_
