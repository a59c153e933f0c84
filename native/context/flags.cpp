// Libtorch's process-wide switches: one getter and one setter for all of them, by name.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <string>
#include <string_view>

#include "../environment.h"

namespace tsorch {

namespace {

struct Flag {
  std::string_view name;
  bool (*get)();
  void (*set)(bool);
};

at::Context& context() { return at::globalContext(); }

constexpr Flag kFlags[] = {
    {"deterministic_algorithms", [] { return context().deterministicAlgorithms(); },
     [](bool on) { context().setDeterministicAlgorithms(on, context().deterministicAlgorithmsWarnOnly()); }},
    {"deterministic_warn_only", [] { return context().deterministicAlgorithmsWarnOnly(); },
     [](bool on) { context().setDeterministicAlgorithms(context().deterministicAlgorithms(), on); }},
    {"fill_uninitialized_memory", [] { return context().deterministicFillUninitializedMemory(); },
     [](bool on) { context().setDeterministicFillUninitializedMemory(on); }},
    {"sparse_invariants", [] { return context().checkSparseTensorInvariants().value_or(false); },
     [](bool on) { context().setCheckSparseTensorInvariants(on); }},
    {"cudnn", [] { return context().userEnabledCuDNN(); }, [](bool on) { context().setUserEnabledCuDNN(on); }},
    {"cudnn_benchmark", [] { return context().benchmarkCuDNN(); }, [](bool on) { context().setBenchmarkCuDNN(on); }},
    {"cudnn_deterministic", [] { return context().deterministicCuDNN(); },
     [](bool on) { context().setDeterministicCuDNN(on); }},
    {"cudnn_tf32", [] { return context().allowTF32CuDNN(); }, [](bool on) { context().setAllowTF32CuDNN(on); }},
    {"matmul_tf32", [] { return context().allowTF32CuBLAS(); }, [](bool on) { context().setAllowTF32CuBLAS(on); }},
    {"mkldnn", [] { return context().userEnabledMkldnn(); }, [](bool on) { context().setUserEnabledMkldnn(on); }},
    {"miopen_immediate", [] { return context().immediateMiopen(); }, [](bool on) { context().setImmediateMiopen(on); }},
    {"mkldnn_deterministic", [] { return context().deterministicMkldnn(); },
     [](bool on) { context().setDeterministicMkldnn(on); }},
    {"nnpack", [] { return context().userEnabledNNPACK(); }, [](bool on) { context().setUserEnabledNNPACK(on); }},
    {"flash_sdp", [] { return context().userEnabledFlashSDP(); }, [](bool on) { context().setSDPUseFlash(on); }},
    {"mem_efficient_sdp", [] { return context().userEnabledMemEfficientSDP(); },
     [](bool on) { context().setSDPUseMemEfficient(on); }},
    {"math_sdp", [] { return context().userEnabledMathSDP(); }, [](bool on) { context().setSDPUseMath(on); }},
    {"warn_always", [] { return c10::WarningUtils::get_warnAlways(); },
     [](bool on) { c10::WarningUtils::set_warnAlways(on); }},
    {"cudnn_sdp", [] { return context().userEnabledCuDNNSDP(); }, [](bool on) { context().setSDPUseCuDNN(on); }},
};

/// What the library was built with.
constexpr Flag kFeatures[] = {
    {"openmp", [] { return at::hasOpenMP(); }, nullptr},
    {"mkl", [] { return at::hasMKL(); }, nullptr},
    {"lapack", [] { return at::hasLAPACK(); }, nullptr},
    {"mkldnn", [] { return at::hasMKLDNN(); }, nullptr},
    {"cuda", [] { return at::hasCUDA(); }, nullptr},
    {"mps", [] { return at::hasMPS(); }, nullptr},
    {"cudnn", [] { return at::Context::hasCuDNN(); }, nullptr},
};

template <std::size_t Count>
Flag find(const Flag (&flags)[Count], const std::string& name) {
  for (const Flag& flag : flags) {
    if (flag.name == name) return flag;
  }
  TORCH_CHECK_VALUE(false, "no setting '", name, "'");
}

}  // namespace

void get_flag(Environment&, FrameReader& in, FrameWriter& out) { out.boolean(find(kFlags, in.string()).get()); }

void set_flag(Environment&, FrameReader& in, FrameWriter&) {
  const Flag flag = find(kFlags, in.string());
  flag.set(in.boolean());
}

void get_sdp_priority(Environment&, FrameReader&, FrameWriter& out) {
  const auto order = context().sDPPriorityOrder();
  out.list(order.size());
  for (const at::SDPBackend backend : order) out.integer(static_cast<std::int64_t>(backend));
}

void set_sdp_priority(Environment&, FrameReader& in, FrameWriter&) { context().setSDPPriorityOrder(in.integers()); }

void has_feature(Environment&, FrameReader& in, FrameWriter& out) { out.boolean(find(kFeatures, in.string()).get()); }

void get_float32_matmul_precision(Environment&, FrameReader&, FrameWriter& out) {
  static constexpr const char* kNames[] = {"highest", "high", "medium"};
  out.string(kNames[static_cast<int>(context().float32MatmulPrecision())]);
}

void set_float32_matmul_precision(Environment&, FrameReader& in, FrameWriter&) {
  context().setFloat32MatmulPrecision(in.string());
}

void set_flush_denormal(Environment&, FrameReader& in, FrameWriter& out) {
  out.boolean(at::Context::setFlushDenormal(in.boolean()));
}

void get_num_interop_threads(Environment&, FrameReader&, FrameWriter& out) {
  out.integer(at::get_num_interop_threads());
}

void set_num_interop_threads(Environment&, FrameReader& in, FrameWriter&) {
  at::set_num_interop_threads(static_cast<int>(in.integer()));
}

}  // namespace tsorch
