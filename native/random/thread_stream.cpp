#include "thread_stream.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace tsorch {

namespace {

/// Where the stream of a thread lies: in a place of libtorch's, so that every copy of the addon finds it, whichever has
/// registered the kernels. Only libtorch's own tests use that place.
struct ThreadStream final : c10::DebugInfoBase {
  at::Generator generator;
};

/// A key that libtorch leaves free: only threads with a stream of their own include it, and it is above all others.
constexpr c10::DispatchKey kKey = c10::DispatchKey::TESTING_ONLY_GenericMode;

bool is_generator(const c10::Argument& argument) {
  const auto* optional = argument.type()->castRaw<c10::OptionalType>();
  return optional != nullptr && optional->getElementType()->kind() == c10::TypeKind::GeneratorType;
}

/// Whether an argument says that the operator draws on another device.
bool is_elsewhere(const c10::IValue& value) {
  if (value.isTensor()) return value.toTensor().defined() && !value.toTensor().is_cpu();
  return value.isDevice() && !value.toDevice().is_cpu();
}

/// Puts the thread's stream where no generator was given.
void draw_from_own_stream(const c10::OperatorHandle& op, c10::DispatchKeySet keys, torch::jit::Stack* stack) {
  const auto& parameters = op.schema().arguments();
  const auto arguments = torch::jit::last(*stack, parameters.size());
  const bool elsewhere = std::any_of(arguments.begin(), arguments.end(), is_elsewhere);
  const at::Generator& own = thread_stream();
  for (std::size_t i = 0; i < parameters.size() && !elsewhere && own.defined(); i++) {
    if (is_generator(parameters[i]) && arguments[i].isNone()) (*stack)[stack->size() - parameters.size() + i] = own;
  }
  op.redispatchBoxed(keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kKey), stack);
}

/// Operators with a generator get the kernel above, all others none. Like libtorch's own kernels these are part of the
/// process, and without effect where the key is not included; another copy of the addon may have registered them.
void register_kernels() {
  auto& dispatcher = c10::Dispatcher::singleton();
  if (dispatcher.hasBackendFallbackForDispatchKey(kKey)) return;
  static std::vector<c10::RegistrationHandleRAII> registered;
  registered.push_back(
      dispatcher.registerFallback(kKey, c10::KernelFunction::makeFallthrough(), "tsorch: streams of threads"));
  for (const c10::OperatorName& name : dispatcher.getAllOpNames()) {
    const auto op = dispatcher.findSchema(name);
    if (!op) continue;
    const auto& parameters = op->schema().arguments();
    if (std::none_of(parameters.begin(), parameters.end(), is_generator)) continue;
    registered.push_back(dispatcher.registerImpl(name, kKey,
                                                 c10::KernelFunction::makeFromBoxedFunction<&draw_from_own_stream>(),
                                                 std::nullopt, nullptr, "tsorch: streams of threads"));
  }
}

}  // namespace

void open_thread_stream() {
  static std::once_flag once;
  std::call_once(once, register_kernels);
  if (thread_stream().defined()) return;
  auto stream = std::make_shared<ThreadStream>();
  stream->generator = at::make_generator<at::CPUGeneratorImpl>();
  c10::ThreadLocalDebugInfo::_push(c10::DebugInfoKind::TEST_INFO_2, std::move(stream));
  c10::impl::tls_set_dispatch_key_included(kKey, true);
}

const at::Generator& thread_stream() {
  static const at::Generator none;
  const auto* own = static_cast<const ThreadStream*>(c10::ThreadLocalDebugInfo::get(c10::DebugInfoKind::TEST_INFO_2));
  return own == nullptr ? none : own->generator;
}

}  // namespace tsorch
