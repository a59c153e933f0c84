#include <ATen/ATen.h>
#include <caffe2/serialize/inline_container.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "../bytes.h"
#include "../environment.h"

namespace tsorch {

namespace {

using caffe2::serialize::PyTorchStreamWriter;

/// A record to write: bytes of JavaScript's, or the storage of a tensor.
struct Record {
  std::string name;
  Bytes bytes;
  at::Tensor tensor;
};

std::vector<Record> read_records(FrameReader& in) {
  std::vector<Record> records(in.list());
  for (Record& record : records) {
    in.list();
    record.name = in.string();
    if (in.peek() == Tag::kTensor) {
      record.tensor = in.tensor();
    } else {
      record.bytes = bytes_of(in.object());
    }
  }
  return records;
}

/// The storage of a tensor in the CPU's memory.
c10::Storage cpu_storage(const at::Tensor& tensor) {
  c10::Storage storage = tensor.storage();
  if (storage.device().is_cpu()) return storage;
  at::Tensor bytes = at::empty({0}, tensor.options().dtype(at::kByte));
  bytes.set_(storage, 0, {static_cast<std::int64_t>(storage.nbytes())}, {1});
  return bytes.cpu().storage();
}

struct Settings {
  bool checksums;
  bool skips_data;
};

Settings read_settings(FrameReader& in) {
  const bool checksums = in.boolean();
  return {checksums, in.boolean()};
}

/// Writes all records. `write` must not fail: the writer's destructor cannot report it. It gets no data for bytes that
/// are left out.
void write_records(const std::vector<Record>& records, Settings settings,
                   const std::function<void(const char*, std::size_t)>& write) {
  const auto put = [&](const void* data, std::size_t length) {
    write(static_cast<const char*>(data), length);
    return length;
  };
  PyTorchStreamWriter writer(put, settings.checksums);
  for (const Record& record : records) {
    if (!record.tensor.defined()) {
      writer.writeRecord(record.name, record.bytes.data, record.bytes.length);
      continue;
    }
    if (settings.skips_data) {
      writer.writeRecord(record.name, nullptr, record.tensor.storage().nbytes());
      continue;
    }
    const c10::Storage storage = cpu_storage(record.tensor);
    writer.writeRecord(record.name, storage.data(), storage.nbytes());
  }
  writer.writeEndOfFile();
}

/// A file that remembers its first error, so that it can be reported when nothing is half written any more.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wb")) {
    if (file_ == nullptr) fail();
  }
  ~OutputFile() {
    if (file_ != nullptr) std::fclose(file_);
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Without data it leaves a hole.
  void write(const char* data, std::size_t length) {
    if (error_ != 0) return;
    if (data == nullptr) {
      if (fseeko(file_, static_cast<off_t>(length), SEEK_CUR) != 0) error_ = errno;
      return;
    }
    if (std::fwrite(data, 1, length, file_) != length) error_ = errno;
  }

  void close() {
    if (std::fclose(std::exchange(file_, nullptr)) != 0 && error_ == 0) error_ = errno;
    errno = error_;
    if (error_ != 0) fail();
  }

 private:
  [[noreturn]] void fail() const { TORCH_CHECK(false, "cannot write ", path_, ": ", std::strerror(errno)); }

  std::string path_;
  std::FILE* file_;
  int error_ = 0;
};

}  // namespace

void write_archive(Environment&, FrameReader& in, FrameWriter&) {
  OutputFile file(in.string());
  const Settings settings = read_settings(in);
  write_records(read_records(in), settings, [&](const char* data, std::size_t length) { file.write(data, length); });
  file.close();
}

void write_archive_to_memory(Environment& environment, FrameReader& in, FrameWriter& out) {
  std::string archive;
  const Settings settings = read_settings(in);
  write_records(read_records(in), settings, [&](const char* data, std::size_t length) {
    if (data == nullptr) {
      archive.append(length, '\0');
    } else {
      archive.append(data, length);
    }
  });
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(environment.env(), archive.size());
  std::memcpy(buffer.Data(), archive.data(), archive.size());
  out.object(buffer);
}

}  // namespace tsorch
