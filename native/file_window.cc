#include "native/file_window.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace sense {
namespace {

// Most headers fit into one read of this size.
constexpr int64_t kBlock = 8192;

#ifdef _WIN32
int Open(const std::string& path) {
  const std::u8string text(path.begin(), path.end());
  return _wopen(std::filesystem::path(text).c_str(), _O_RDONLY | _O_BINARY);
}

int64_t RegularSize(int descriptor) {
  struct _stat64 status;
  const bool regular =
      _fstat64(descriptor, &status) == 0 && (status.st_mode & _S_IFREG);
  return regular ? status.st_size : -1;
}

int64_t ReadAt(int descriptor, int64_t offset, uint8_t* out, int64_t count) {
  if (_lseeki64(descriptor, offset, SEEK_SET) != offset) return -1;
  return _read(descriptor, out, static_cast<unsigned>(count));
}

void Close(int descriptor) { _close(descriptor); }
#else
int Open(const std::string& path) {
  return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

int64_t RegularSize(int descriptor) {
  struct stat status;
  const bool regular =
      fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  return regular ? static_cast<int64_t>(status.st_size) : -1;
}

int64_t ReadAt(int descriptor, int64_t offset, uint8_t* out, int64_t count) {
  return pread(descriptor, out, static_cast<size_t>(count), offset);
}

void Close(int descriptor) { close(descriptor); }
#endif

}  // namespace

FileWindow::FileWindow(const std::string& path) : descriptor_(Open(path)) {
  if (descriptor_ < 0) return;
  size_ = RegularSize(descriptor_);
  if (size_ >= 0) return;
  Close(descriptor_);
  descriptor_ = -1;
  size_ = 0;
}

FileWindow::~FileWindow() {
  if (descriptor_ >= 0) Close(descriptor_);
}

const uint8_t* FileWindow::Bytes(int64_t offset, int64_t count) {
  if (offset < 0 || count < 0 || offset > size_ || count > size_ - offset) {
    return nullptr;
  }
  if (offset < start_ || offset + count > start_ + length_) {
    const int64_t wanted = std::min(std::max(count, kBlock), size_ - offset);
    buffer_.resize(static_cast<size_t>(wanted));
    start_ = offset;
    length_ = 0;
    while (length_ < wanted) {
      const int64_t got = ReadAt(descriptor_, offset + length_,
                                 buffer_.data() + length_, wanted - length_);
      if (got <= 0) break;
      length_ += got;
    }
    if (length_ < count) return nullptr;
  }
  return buffer_.data() + (offset - start_);
}

}  // namespace sense
