// What PyTorch completes from Python files when it is imported, and a C++ program does without: rules for batches
// (torch/_functorch/predispatch.py), for tangents (torch/_decomp/decompositions_for_jvp.py), and for meta tensors
// (torch/_meta_registrations.py; these are in native/meta/).
//
// Like libtorch's own kernels these belong to the process, not to an Environment: they are added once, before their
// first use, and only where the loaded libtorch has none. So a second copy of the addon finds them there and adds
// nothing.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <string>

namespace tsorch {

/// Adds the rules for operators on batches. The first vmap of a process asks for them.
void register_batch_rules();

/// Adds the rules that carry tangents through operators without a derivative of their own. Levels of tangents ask for
/// them.
void register_tangent_rules();

/// Adds kernels of operators of one dispatch key. What it added stays for as long as the object.
class Registrations {
 public:
  explicit Registrations(c10::DispatchKey key)
      : key_(key), library_(torch::Library::IMPL, "aten", key, __FILE__, __LINE__) {}

  /// Adds `kernel` to `aten::name`, or `aten::name.overload`, unless libtorch lacks the operator or has a kernel for
  /// it.
  template <typename Kernel>
  void add(const char* name, Kernel* kernel) {
    if (is_open(name)) library_.impl(name, kernel);
  }
  void add(const char* name, torch::CppFunction kernel) {
    if (is_open(name)) library_.impl(name, std::move(kernel));
  }

 private:
  bool is_open(const std::string& name) const {
    const std::size_t dot = name.find('.');
    const std::string overload = dot == std::string::npos ? "" : name.substr(dot + 1);
    const auto op = c10::Dispatcher::singleton().findSchema({"aten::" + name.substr(0, dot), overload});
    return op.has_value() && !op->hasKernelForDispatchKey(key_);
  }

  c10::DispatchKey key_;
  torch::Library library_;
};

}  // namespace tsorch
