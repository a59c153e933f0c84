#include <c10/core/AutogradState.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include "../environment.h"

namespace tsorch {

void is_grad_enabled(Environment&, FrameReader&, FrameWriter& out) { out.boolean(c10::GradMode::is_enabled()); }

void set_grad_enabled(Environment&, FrameReader& in, FrameWriter& out) {
  const bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(in.boolean());
  out.boolean(before);
}

void is_forward_grad_enabled(Environment&, FrameReader&, FrameWriter& out) {
  out.boolean(c10::AutogradState::get_tls_state().get_fw_grad_mode());
}

void set_forward_grad_enabled(Environment&, FrameReader& in, FrameWriter&) {
  c10::AutogradState::get_tls_state().set_fw_grad_mode(in.boolean());
}

void multithreading(Environment&, FrameReader&, FrameWriter& out) {
  out.boolean(c10::AutogradState::get_tls_state().get_multithreading_enabled());
}

void set_multithreading(Environment&, FrameReader& in, FrameWriter&) {
  c10::AutogradState::get_tls_state().set_multithreading_enabled(in.boolean());
}

void view_replay(Environment&, FrameReader&, FrameWriter& out) {
  out.boolean(c10::AutogradState::get_tls_state().get_view_replay_enabled());
}

void is_inference_mode(Environment&, FrameReader&, FrameWriter& out) { out.boolean(c10::InferenceMode::is_enabled()); }

/// (enabled); each call is paired with exit_inference_mode, in reverse order
void enter_inference_mode(Environment& environment, FrameReader& in, FrameWriter&) {
  environment.inference_modes.push_back(std::make_unique<c10::InferenceMode>(in.boolean()));
}

void exit_inference_mode(Environment& environment, FrameReader&, FrameWriter&) {
  TORCH_CHECK(!environment.inference_modes.empty(), "inference_mode was left more often than entered");
  environment.inference_modes.pop_back();
}

}  // namespace tsorch
