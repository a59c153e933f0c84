// Packages of AOTInductor: models compiled to machine code. To load one is to run what is in it.
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>

#include "../async/job.h"
#include "../environment.h"

namespace tsorch {

namespace {

using torch::inductor::AOTIModelPackageLoader;
using Constants = std::unordered_map<std::string, at::Tensor>;

struct PackagePart final : Part {
  PackagePart(const std::string& path, const std::string& name, bool single_threaded, std::size_t runners,
              c10::DeviceIndex device)
      : loader(path, name, single_threaded, runners, device) {}
  AOTIModelPackageLoader loader;
  Constants lent;  // tensors that the model reads without owning them
};

std::shared_ptr<PackagePart> read_package(FrameReader& in) { return in.part<PackagePart>("AOTICompiledModel"); }

}  // namespace

void package_load(Environment&, FrameReader& in, FrameWriter& out) {
  const std::string path = in.string();
  const std::string name = in.string();
  const bool single_threaded = in.boolean();
  const std::int64_t runners = in.integer();
  const std::int64_t device = in.integer();
  TORCH_CHECK_VALUE(runners > 0, "num_runners must be positive, but got ", runners);
  out.part(std::make_shared<PackagePart>(path, name, single_threaded, static_cast<std::size_t>(runners),
                                         static_cast<c10::DeviceIndex>(device)));
}

/// (package) -> [structures of its inputs and outputs, [key, value]..., names of its constants]
void package_describe(Environment&, FrameReader& in, FrameWriter& out) {
  const auto package = read_package(in);
  out.list(3);
  const auto structures = package->loader.get_call_spec();
  out.list(structures.size());
  for (const std::string& each : structures) out.string(each);
  const auto metadata = package->loader.get_metadata();
  out.list(metadata.size());
  for (const auto& [key, value] : metadata) {
    out.list(2);
    out.string(key);
    out.string(value);
  }
  const auto names = package->loader.get_constant_fqns();
  out.list(names.size());
  for (const std::string& each : names) out.string(each);
}

void package_run(Environment& environment, FrameReader& in, FrameWriter& out) {
  const auto package = read_package(in);
  std::vector<at::Tensor> inputs = in.tensors();
  if (environment.recording == nullptr) return out.tensors(package->loader.boxed_run(std::move(inputs)));
  const Job::Call run = [package](torch::jit::Stack& stack) {
    stack = {package->loader.boxed_run(stack.at(0).toTensorVector())};
  };
  environment.recording->add(out, run, {std::move(inputs)}, *c10::ListType::ofTensors());
}

/// (package, names, tensors, check_full_update, user_managed, allow_h2d_copy)
void package_load_constants(Environment&, FrameReader& in, FrameWriter&) {
  const auto package = read_package(in);
  std::vector<std::string> names(in.list());
  for (std::string& name : names) name = in.string();
  const std::vector<at::Tensor> tensors = in.tensors();
  TORCH_CHECK(names.size() == tensors.size(), "a tensor for each name");
  Constants constants;
  for (std::size_t i = 0; i < names.size(); i++) constants.emplace(names[i], tensors[i]);
  const bool check_full_update = in.boolean(), user_managed = in.boolean(), copies = in.boolean();
  package->loader.load_constants(constants, false, check_full_update, user_managed, copies);
  for (const auto& [name, tensor] : constants) {
    if (user_managed) {
      package->lent.insert_or_assign(name, tensor);
    } else {
      package->lent.erase(name);
    }
  }
}

/// (package) -> [name, tensor]...: the constants that it computes with
void package_constants(Environment&, FrameReader& in, FrameWriter& out) {
  const auto package = read_package(in);
  const auto constants = package->loader.get_runner()->extract_constants_map(false);
  out.list(constants.size());
  for (const auto& [name, tensor] : constants) {
    out.list(2);
    out.string(name);
    out.tensor(tensor);
  }
}

}  // namespace tsorch
