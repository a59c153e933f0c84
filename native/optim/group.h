// The parameters of a group that one step updates, and the two ways to compute on them: a loop over raw memory for
// small tensors on the CPU, where calling a kernel costs more than its work, and lists of tensors for all others.
#pragma once

#include <ATen/ATen.h>

#include <array>
#include <utility>
#include <vector>

#include "../frame.h"

namespace tsorch::optim {

constexpr std::size_t kMaxSlots = 6;

/// A parameter with a gradient, and its state in the order of the slots of its lib/optim file.
struct Member {
  std::size_t index;
  at::Tensor param;
  at::Tensor grad;
  std::array<at::Tensor, kMaxSlots> state;
  bool made = false;  // some of the state is new to JavaScript

  /// Gives a slot its tensor if it has none; `make` says how.
  template <typename Make>
  void ensure(std::size_t slot, Make make) {
    if (state[slot].defined()) return;
    state[slot] = make();
    made = true;
  }
  void ensure_zeros(std::size_t slot);
  /// A 0-dim counter, on the CPU unless `on_device` (which a captured graph needs).
  void ensure_scalar(std::size_t slot, double value, bool on_device);
};

class Group {
 public:
  /// Reads a list of (parameter, one tensor or null a slot); parameters without a gradient are left out.
  /// @throws with `sparse_message` when a gradient is sparse, unless that is null
  Group(FrameReader& in, std::size_t slots, const char* sparse_message);

  /// Writes (index, one tensor or null a slot) of each member whose state was made.
  void write_new_state(FrameWriter& out) const;

  std::vector<Member> members;

 private:
  std::size_t slots_;
};

/// The step counter, one higher than before.
double advance(at::Tensor& step);
double read_scalar(const at::Tensor& scalar);
void write_scalar(at::Tensor& scalar, double value);

/// `capturable` needs an accelerator, in PyTorch's words.
void check_capturable(const Member& member, bool capturable, const char* what = "params and state_steps");

/// Whether a loop over raw memory can serve: float32 or float64 in dense CPU memory, few elements, and the gradient and
/// the state slots laid out like the parameter. Brings a gradient into that layout if it only differs in strides.
bool fits_loop(Member& member, std::size_t first_slot, std::size_t last_slot);

/// Tells autograd that memory was written behind its back.
void bump_version(const at::Tensor& tensor);

/// Tensors of one device and dtype for at::_foreach_* operators; complex ones as their real views.
struct Lists {
  std::vector<at::Tensor> params;
  std::vector<at::Tensor> grads;
  std::array<std::vector<at::Tensor>, kMaxSlots> state;
  std::vector<Member*> members;

  /// Negates the gradients to maximize and adds the L2 penalty; never writes into the gradients themselves.
  void prepare_gradients(bool maximize, double weight_decay);
};

/// Sorts members by device and dtype. Slots below `first_slot` are counters, which do not go into the lists.
std::vector<Lists> lists_of(const std::vector<Member*>& members, std::size_t first_slot);

/// Copies that later in-place changes leave alone, where autograd must see the old values.
std::vector<at::Tensor> clone_if(bool wanted, const std::vector<at::Tensor>& tensors);

/// Scalars for a foreach operator, one a member.
template <typename Of>
std::vector<at::Scalar> scalars(const Lists& lists, Of of) {
  std::vector<at::Scalar> result;
  result.reserve(lists.members.size());
  for (std::size_t i = 0; i < lists.members.size(); i++) result.emplace_back(of(i));
  return result;
}

/// Calls `loop` with a value of the parameter's C++ type.
template <typename Loop>
void with_type(const Member& member, Loop loop) {
  if (member.param.scalar_type() == at::kFloat) {
    loop(float{});
  } else {
    loop(double{});
  }
}

/// a + weight * (b - a), rounded as at::lerp does.
template <typename T>
T lerp(T a, T b, T weight) {
  return weight < T(0.5) ? a + weight * (b - a) : b - (b - a) * (T(1) - weight);
}

}  // namespace tsorch::optim
