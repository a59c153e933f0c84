// What only NVIDIA's driver knows about a device. libtorch's generic interfaces do not tell, and the addon is built
// without the CUDA toolkit: the driver's functions are looked up by name.
#include <dlfcn.h>

#include <array>

#include "../environment.h"

namespace tsorch {

namespace {

using CuDevice = int;

/// The driver's numbers of attributes (CUdevice_attribute).
enum Attribute : int {
  kMaxThreadsPerMultiprocessor = 39,
  kWarpSize = 10,
  kMultiprocessors = 16,
  kIntegrated = 18,
  kL2CacheBytes = 38,
  kMajor = 75,
  kMinor = 76,
};
constexpr Attribute kReported[] = {kMajor,        kMinor,    kMultiprocessors, kMaxThreadsPerMultiprocessor,
                                   kL2CacheBytes, kWarpSize, kIntegrated};

template <typename Function>
Function* driver_function(const char* name) {
  void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  void* function = driver == nullptr ? nullptr : dlsym(driver, name);
  TORCH_CHECK(function != nullptr, "Found no NVIDIA driver on your system.");
  return reinterpret_cast<Function*>(function);
}

void expect_success(int status, const char* name) {
  TORCH_CHECK(status == 0, name, " failed with CUDA error ", status);
}

}  // namespace

void cuda_properties(Environment&, FrameReader& in, FrameWriter& out) {
  const int index = static_cast<int>(in.integer());
  expect_success(driver_function<int(unsigned)>("cuInit")(0), "cuInit");
  CuDevice device = 0;
  expect_success(driver_function<int(CuDevice*, int)>("cuDeviceGet")(&device, index), "cuDeviceGet");
  std::array<char, 256> name{};
  const int length = static_cast<int>(name.size());
  expect_success(driver_function<int(char*, int, CuDevice)>("cuDeviceGetName")(name.data(), length, device),
                 "cuDeviceGetName");
  std::size_t memory = 0;
  expect_success(driver_function<int(std::size_t*, CuDevice)>("cuDeviceTotalMem_v2")(&memory, device),
                 "cuDeviceTotalMem");
  std::array<int, std::size(kReported)> attributes{};
  auto* get = driver_function<int(int*, int, CuDevice)>("cuDeviceGetAttribute");
  for (std::size_t i = 0; i < attributes.size(); i++) {
    expect_success(get(&attributes[i], kReported[i], device), "cuDeviceGetAttribute");
  }
  out.list(2 + attributes.size());
  out.string(name.data());
  out.integer(static_cast<std::int64_t>(memory));
  for (const int value : attributes) out.integer(value);
}

}  // namespace tsorch
