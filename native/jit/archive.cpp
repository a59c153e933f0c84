// TorchScript's archives.
#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/csrc/jit/serialization/export.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cstring>
#include <sstream>

#include "../bytes.h"
#include "program.h"

namespace tsorch {

namespace {

/// An archive in memory; only used while it is read.
class MemoryReader final : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit MemoryReader(Bytes bytes) : bytes_(bytes) {}
  std::size_t size() const override { return bytes_.length; }
  std::size_t read(std::uint64_t position, void* buffer, std::size_t count, const char*) const override {
    if (position >= bytes_.length) return 0;
    const std::size_t length = std::min<std::size_t>(count, bytes_.length - position);
    std::memcpy(buffer, bytes_.data + position, length);
    return length;
  }

 private:
  Bytes bytes_;
};

}  // namespace

torch::jit::ExtraFilesMap read_extra_files(FrameReader& in) {
  torch::jit::ExtraFilesMap files;
  for (std::int64_t left = in.list(); left > 0; left--) {
    in.list();
    const std::string name = in.string();
    const Bytes bytes = bytes_of(in.object());
    files.emplace(name, std::string(bytes.data, bytes.length));
  }
  return files;
}

/// (path or bytes, device, names of extra files) -> [module, contents]
void script_load(Environment& environment, FrameReader& in, FrameWriter& out) {
  std::optional<std::string> path;
  Bytes bytes;
  if (in.peek() == Tag::kString) {
    path = in.string();
  } else {
    bytes = bytes_of(in.object());
  }
  std::optional<c10::Device> device;
  if (!in.none()) device = in.device();
  torch::jit::ExtraFilesMap files;
  std::vector<std::string> names(in.list());
  for (std::string& name : names) files.emplace(name = in.string(), "");

  torch::jit::Module module = path ? torch::jit::load(*path, device, files)
                                   : torch::jit::load(std::make_shared<MemoryReader>(bytes), device, files);
  out.list(2);
  write_module(out, std::move(module));
  out.list(names.size());
  for (const std::string& name : names) {
    const std::string& content = files[name];
    Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(environment.env(), content.size());
    std::memcpy(buffer.Data(), content.data(), content.size());
    out.object(buffer);
  }
}

void script_save(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = read_module(in);
  const std::string path = in.string();
  torch::jit::ExportModule(part->module, path, read_extra_files(in));
}

void script_save_to_memory(Environment& environment, FrameReader& in, FrameWriter& out) {
  const auto part = read_module(in);
  std::ostringstream archive;
  torch::jit::ExportModule(part->module, archive, read_extra_files(in));
  const std::string bytes = archive.str();
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(environment.env(), bytes.size());
  std::memcpy(buffer.Data(), bytes.data(), bytes.size());
  out.object(buffer);
}

}  // namespace tsorch
