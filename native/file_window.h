#ifndef SENSE_NATIVE_FILE_WINDOW_H_
#define SENSE_NATIVE_FILE_WINDOW_H_

#include <cstdint>
#include <string>
#include <vector>

namespace sense {

// A regular file that is looked at piece by piece. Nothing beyond its end is
// ever touched, and pipes and devices are not opened for reading.
class FileWindow {
 public:
  // `path` is in the encoding of the file system (UTF-8 on Windows).
  explicit FileWindow(const std::string& path);
  ~FileWindow();
  FileWindow(const FileWindow&) = delete;
  FileWindow& operator=(const FileWindow&) = delete;

  // Whether the file could be opened.
  bool is_open() const { return descriptor_ >= 0; }

  // Bytes in the file when it was opened.
  int64_t size() const { return size_; }

  // When the file was last written, in nanoseconds since 1970.
  int64_t modified_ns() const { return modified_ns_; }

  // Gives `count` bytes at `offset`, valid until the next call; nullptr where
  // the file has not that many or cannot be read.
  const uint8_t* Bytes(int64_t offset, int64_t count);

 private:
  int descriptor_ = -1;
  int64_t size_ = 0;
  int64_t modified_ns_ = 0;
  int64_t start_ = 0;
  int64_t length_ = 0;
  std::vector<uint8_t> buffer_;
};

}  // namespace sense

#endif  // SENSE_NATIVE_FILE_WINDOW_H_
