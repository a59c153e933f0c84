#include <torch/csrc/autograd/autograd.h>

#include "../environment.h"
#include "../registrations/registrations.h"

namespace tsorch {

/// () -> level
void enter_dual_level(Environment&, FrameReader&, FrameWriter& out) {
  register_tangent_rules();
  out.integer(static_cast<std::int64_t>(torch::autograd::forward_ad::enter_dual_level()));
}

/// (level)
void exit_dual_level(Environment&, FrameReader& in, FrameWriter&) {
  torch::autograd::forward_ad::exit_dual_level(static_cast<std::uint64_t>(in.integer()));
}

}  // namespace tsorch
