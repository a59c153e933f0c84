#include "../environment.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/AcceleratorHooksInterface.h>
#include <c10/core/DefaultDtype.h>
#include <dlfcn.h>
#include <torch/csrc/api/include/torch/version.h>

#include <cstdio>

static_assert(TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 11 && TORCH_VERSION_MINOR <= 14,
              "tsorch builds against libtorch 2.11 to 2.14");

namespace tsorch {

void libtorch_version(Environment&, FrameReader&, FrameWriter& out) { out.string(TORCH_VERSION); }

void get_num_threads(Environment&, FrameReader&, FrameWriter& out) { out.integer(at::get_num_threads()); }

void set_num_threads(Environment&, FrameReader& in, FrameWriter&) {
  at::set_num_threads(static_cast<int>(in.integer()));
}

void set_thread_parallelism(Environment&, FrameReader& in, FrameWriter&) {
  const int count = static_cast<int>(in.integer());
  at::get_num_threads();  // takes the process's number first, which it does once in a thread
  // OpenMP's number belongs to the thread. libtorch brings its own copy of OpenMP, so it is found among the loaded
  // ones.
  using SetThreads = void (*)(int);
  if (const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"))) set(count);
}

void get_default_dtype(Environment&, FrameReader&, FrameWriter& out) {
  out.integer(static_cast<std::int64_t>(c10::get_default_dtype().toScalarType()));
}

void set_default_dtype(Environment&, FrameReader& in, FrameWriter&) {
  c10::set_default_dtype(c10::scalarTypeToTypeMeta(static_cast<c10::ScalarType>(in.integer())));
}

void device_count(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::DeviceType type = in.device().type();
  if (type == c10::DeviceType::CPU) return out.integer(1);
  at::Context& context = at::globalContext();
  const bool usable = type == c10::DeviceType::CUDA ? context.hasCUDA() : context.hasMPS();
  out.integer(usable ? context.getAcceleratorHooksInterface(type).deviceCount() : 0);
}

void format_numbers(Environment&, FrameReader& in, FrameWriter& out) {
  const std::vector<double> values = in.numbers();
  const std::string style = in.string();
  const int digits = static_cast<int>(in.integer());
  const char* format = style == "e" ? "%.*e" : style == "g" ? "%.*g" : "%.*f";
  out.list(values.size());
  std::string text;
  for (const double value : values) {
    text.resize(std::snprintf(nullptr, 0, format, digits, value));
    std::snprintf(text.data(), text.size() + 1, format, digits, value);
    out.string(text);
  }
}

}  // namespace tsorch
