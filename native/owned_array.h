#ifndef SENSE_NATIVE_OWNED_ARRAY_H_
#define SENSE_NATIVE_OWNED_ARRAY_H_

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <utility>
#include <vector>

namespace sense {

// A numpy array that takes over a vector; rows of kWidth values where that is
// not 0.
template <size_t kWidth = 0, typename T>
nanobind::object OwnedArray(std::vector<T>&& values) {
  auto* kept = new std::vector<T>(std::move(values));
  const nanobind::capsule owner(kept, [](void* vector) noexcept {
    delete static_cast<std::vector<T>*>(vector);
  });
  if constexpr (kWidth == 0) {
    return nanobind::cast(nanobind::ndarray<nanobind::numpy, T>(
        kept->data(), {kept->size()}, owner));
  } else {
    return nanobind::cast(nanobind::ndarray<nanobind::numpy, T>(
        kept->data(), {kept->size() / kWidth, kWidth}, owner));
  }
}

}  // namespace sense

#endif  // SENSE_NATIVE_OWNED_ARRAY_H_
