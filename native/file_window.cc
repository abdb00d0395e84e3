#include "native/file_window.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#ifdef _WIN32
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <io.h>
#include <windows.h>
#else
#include <unistd.h>
#endif

namespace sense {
namespace {

// Most headers fit into one read of this size.
constexpr int64_t kBlock = 8192;

struct FileFacts {
  int64_t size = -1;  // -1 for anything but a regular file.
  int64_t modified_ns = 0;
};

#ifdef _WIN32
int Open(const std::string& path) {
  const std::u8string text(path.begin(), path.end());
  return _wopen(std::filesystem::path(text).c_str(), _O_RDONLY | _O_BINARY);
}

FileFacts RegularFile(int descriptor) {
  struct _stat64 status;
  if (_fstat64(descriptor, &status) != 0 || !(status.st_mode & _S_IFREG)) {
    return {};
  }
  FILETIME written;
  const auto handle = reinterpret_cast<HANDLE>(_get_osfhandle(descriptor));
  if (!GetFileTime(handle, nullptr, nullptr, &written)) return {};
  // Units of 100 ns since 1601.
  const int64_t ticks = static_cast<int64_t>(written.dwHighDateTime) << 32 |
                        static_cast<int64_t>(written.dwLowDateTime);
  return {status.st_size, (ticks - 116444736000000000) * 100};
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

FileFacts RegularFile(int descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return {};
#ifdef __APPLE__
  const struct timespec& written = status.st_mtimespec;
#else
  const struct timespec& written = status.st_mtim;
#endif
  return {static_cast<int64_t>(status.st_size),
          static_cast<int64_t>(written.tv_sec) * 1000000000 + written.tv_nsec};
}

int64_t ReadAt(int descriptor, int64_t offset, uint8_t* out, int64_t count) {
  return pread(descriptor, out, static_cast<size_t>(count), offset);
}

void Close(int descriptor) { close(descriptor); }
#endif

}  // namespace

FileWindow::FileWindow(const std::string& path) : descriptor_(Open(path)) {
  if (descriptor_ < 0) return;
  const FileFacts facts = RegularFile(descriptor_);
  if (facts.size >= 0) {
    size_ = facts.size;
    modified_ns_ = facts.modified_ns;
    return;
  }
  Close(descriptor_);
  descriptor_ = -1;
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
