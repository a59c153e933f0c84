// torch.func: libtorch's stack of transforms (functorch), driven from JavaScript.
//
// A transform pushes a layer, wraps the arguments at the layer's level, runs the user's function, unwraps the results
// and pops the layer. The stack belongs to the thread, in libtorch.
#include <ATen/LegacyVmapMode.h>
#include <ATen/functorch/DynamicLayer.h>
#include <c10/core/AutogradState.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include "../environment.h"
#include "../registrations/registrations.h"

namespace tsorch {

struct LoweredLayer {
  explicit LoweredLayer(at::functorch::DynamicLayer layer) : layer(std::move(layer)) {}
  at::functorch::DynamicLayer layer;
};

namespace {

namespace functorch = at::functorch;
using functorch::RandomnessType;
using functorch::TransformType;

RandomnessType randomness_of(const std::string& name) {
  if (name == "error") return RandomnessType::Error;
  if (name == "same") return RandomnessType::Same;
  TORCH_CHECK(name == "different", "Only allowed values for randomness are 'error', 'different', or 'same'. Got ",
              name);
  return RandomnessType::Different;
}

const char* name_of(RandomnessType randomness) {
  if (randomness == RandomnessType::Same) return "same";
  return randomness == RandomnessType::Different ? "different" : "error";
}

const char* name_of(TransformType type) {
  switch (type) {
    case TransformType::Vmap:
      return "vmap";
    case TransformType::Grad:
      return "grad";
    case TransformType::Jvp:
      return "jvp";
    case TransformType::Functionalize:
      return "functionalize";
    default:
      return "other";
  }
}

/// The mode that a layer of derivatives found.
bool mode_before(const functorch::Interpreter& interpreter) {
  switch (interpreter.key()) {
    case TransformType::Jvp:
      return functorch::JvpInterpreterPtr(&interpreter).prevFwdGradMode();
    case TransformType::Grad:
      return functorch::GradInterpreterPtr(&interpreter).prevGradMode();
    default:
      return false;
  }
}

}  // namespace

void func_push_vmap(Environment&, FrameReader& in, FrameWriter& out) {
  const std::int64_t size = in.integer();
  const RandomnessType randomness = randomness_of(in.string());
  register_batch_rules();
  out.integer(functorch::initAndPushDynamicLayer(TransformType::Vmap, c10::SymInt(size), randomness));
}

void func_push_grad(Environment&, FrameReader&, FrameWriter& out) {
  out.integer(
      functorch::initAndPushDynamicLayer(TransformType::Grad, std::nullopt, std::nullopt, c10::GradMode::is_enabled()));
}

void func_push_jvp(Environment&, FrameReader&, FrameWriter& out) {
  const bool before = c10::AutogradState::get_tls_state().get_fw_grad_mode();
  out.integer(functorch::initAndPushDynamicLayer(TransformType::Jvp, std::nullopt, std::nullopt, std::nullopt, before));
}

void func_pop(Environment&, FrameReader& in, FrameWriter&) {
  const std::int64_t level = in.integer();
  const auto top = functorch::maybeCurrentDynamicLayer();
  TORCH_CHECK(top.has_value() && top->layerId() == level,
              "transforms must end in the reverse order of their beginning");
  functorch::popDynamicLayerAndDeleteMetadata();
}

void func_top(Environment&, FrameReader&, FrameWriter& out) {
  const auto top = functorch::maybeCurrentDynamicLayer();
  if (!top.has_value()) return out.none();
  const functorch::Interpreter& interpreter = top->interpreter();
  out.list(4);
  out.string(name_of(top->key()));
  out.integer(top->layerId());
  if (top->key() == TransformType::Vmap) {
    out.integer(top->batchSize().guard_int(__FILE__, __LINE__));
    out.string(name_of(top->randomness()));
  } else {
    out.none();
    out.boolean(mode_before(interpreter));
  }
}

void func_depth(Environment&, FrameReader&, FrameWriter& out) {
  out.integer(static_cast<std::int64_t>(functorch::getDynamicLayerStack().size()));
}

void func_lower(Environment& environment, FrameReader&, FrameWriter&) {
  TORCH_CHECK(functorch::maybeCurrentDynamicLayer().has_value(), "there is no transform to lower");
  environment.lowered.push_back(std::make_shared<LoweredLayer>(functorch::popDynamicLayer()));
}

void func_raise(Environment& environment, FrameReader&, FrameWriter&) {
  TORCH_CHECK(!environment.lowered.empty(), "a transform was raised more often than lowered");
  const std::shared_ptr<LoweredLayer> lowered = environment.lowered.back();
  environment.lowered.pop_back();
  functorch::pushDynamicLayer(std::move(lowered->layer));
}

void func_enter_batch(Environment&, FrameReader&, FrameWriter& out) {
  out.integer(at::impl::VmapMode::increment_nesting());
}

void func_exit_batch(Environment&, FrameReader&, FrameWriter&) { at::impl::VmapMode::decrement_nesting(); }

}  // namespace tsorch
