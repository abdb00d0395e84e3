#ifndef SENSE_NATIVE_TESTING_H_
#define SENSE_NATIVE_TESTING_H_

#include <cmath>
#include <cstdio>
#include <cstdlib>

// Ends the test program with the place and the text of a condition that does
// not hold; unlike assert also in release builds.
#define SENSE_EXPECT(condition)                                          \
  do {                                                                   \
    if (!(condition)) {                                                  \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      std::exit(1);                                                      \
    }                                                                    \
  } while (false)

#define SENSE_EXPECT_NEAR(a, b, tolerance) \
  SENSE_EXPECT(std::abs((a) - (b)) <= (tolerance))

#endif  // SENSE_NATIVE_TESTING_H_
