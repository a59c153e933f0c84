#include "saved_hooks.h"

#include <c10/util/Exception.h>

#include <type_traits>

namespace tsorch {

namespace {

class Packed final : public torch::autograd::SavedVariableHooks {
 public:
  explicit Packed(std::shared_ptr<SavedHooks::Pair> pair) : pair_(std::move(pair)) {}

  void call_pack_hook(const at::Tensor& tensor) override {
    const std::int64_t version = version_of(tensor);
    const auto write = [&](FrameWriter& out) {
      out.list(1);
      out.tensor(tensor);
    };
    call_function(pair_->pack, write, [&](FrameReader& in) {
      value_ = std::make_unique<JsValue>(pair_->pack.thread().environment(), in.object());
    });
    TORCH_CHECK(version_of(tensor) == version,
                "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook "
                "cannot be modified by in-place operations as this can lead to unexpected side-effects. Please open an "
                "issue if you need to perform in-place operations on the input to a pack hook.");
  }

  at::Tensor call_unpack_hook() override {
    at::Tensor result;
    const auto write = [&](FrameWriter& out) {
      out.list(1);
      out.object(value_->get());
    };
    call_function(pair_->unpack, write, [&](FrameReader& in) { result = in.tensor(); });
    return result;
  }

 private:
  static std::int64_t version_of(const at::Tensor& tensor) {
    return tensor.is_inference() ? 0 : static_cast<std::int64_t>(tensor._version());
  }

  std::shared_ptr<SavedHooks::Pair> pair_;
  std::unique_ptr<JsValue> value_;
};

inline constexpr std::string_view kTravellingName = "TSORCH_SAVED_HOOKS";

/** libtorch knows a kind by a name's address; older ones have an enumeration, of which this is a number they do not
 * use. */
template <typename Kind>
constexpr Kind travelling_kind() {
  if constexpr (std::is_enum_v<Kind>)
    return static_cast<Kind>(0xf5);
  else
    return Kind(&kTravellingName);
}

const auto kTravelling = travelling_kind<c10::DebugInfoKind>();

std::shared_ptr<SavedHooks::Pair> read_pair(Environment& environment, FrameReader& in) {
  const Napi::Value pack = in.object();
  const Napi::Value unpack = in.object();
  return std::shared_ptr<SavedHooks::Pair>(new SavedHooks::Pair{{environment, pack}, {environment, unpack}});
}

struct Travelling final : c10::DebugInfoBase {
  explicit Travelling(std::shared_ptr<SavedHooks::Pair> pair) : pair(std::move(pair)) {}
  const std::shared_ptr<SavedHooks::Pair> pair;
};

}  // namespace

SavedHooks& SavedHooks::current() {
  static thread_local SavedHooks hooks;  // a mode of the thread, as libtorch's own
  return hooks;
}

SavedHooksGuard::SavedHooksGuard() {
  const SavedHooks& hooks = SavedHooks::current();
  if (!hooks.pairs.empty()) guard_.emplace(kTravelling, std::make_shared<Travelling>(hooks.pairs.back()));
}

std::unique_ptr<torch::autograd::SavedVariableHooks> make_saved_variable_hooks() {
  const SavedHooks& hooks = SavedHooks::current();
  if (!hooks.pairs.empty()) return std::make_unique<Packed>(hooks.pairs.back());
  // Only libtorch's threads are left: on JavaScript's, a pair that travels is among those above.
  const auto* travelling = static_cast<const Travelling*>(c10::ThreadLocalDebugInfo::get(kTravelling));
  return travelling == nullptr ? nullptr : std::make_unique<Packed>(travelling->pair);
}

std::unique_ptr<torch::autograd::SavedVariableHooks> read_saved_hooks(Environment& environment, FrameReader& in) {
  return std::make_unique<Packed>(read_pair(environment, in));
}

void push_saved_hooks(Environment& environment, FrameReader& in, FrameWriter&) {
  auto pair = read_pair(environment, in);
  SavedHooks& hooks = SavedHooks::current();
  TORCH_CHECK(!hooks.disabled, *hooks.disabled);
  hooks.pairs.push_back(std::move(pair));
}

void pop_saved_hooks(Environment&, FrameReader&, FrameWriter&) {
  TORCH_CHECK(!SavedHooks::current().pairs.empty(), "saved_tensors_hooks was left more often than entered");
  SavedHooks::current().pairs.pop_back();
}

void disable_saved_hooks(Environment&, FrameReader& in, FrameWriter& out) {
  SavedHooks& hooks = SavedHooks::current();
  std::optional<std::string> reason;
  if (!in.none()) reason = in.string();
  TORCH_CHECK(!reason || hooks.pairs.empty(), *reason);
  const std::optional<std::string> before = std::exchange(hooks.disabled, std::move(reason));
  before ? out.string(*before) : out.none();
}

}  // namespace tsorch
