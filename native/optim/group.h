// The parameters of a group that one step updates, and the two ways to compute on them: a loop over raw memory (loops/)
// for float32 and float64 on the CPU, and operators on lists of tensors for all others.
#pragma once

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "../frame.h"
#include "loops/loops.h"

namespace tsorch::optim {

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
  void ensure_full(std::size_t slot, const at::Scalar& value);
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
void check_capturable(const Member& member, bool capturable, const char* what = "params and state_steps",
                      const char* devices = "['cuda', 'xpu', 'hpu', 'privateuseone', 'xla']");

/// Whether a loop over raw memory can serve: float32 or float64 in dense CPU memory, not so large that several threads
/// are faster, and the gradient and the state slots laid out like the parameter. Brings a gradient into that layout if
/// it only differs in strides.
bool fits_loop(Member& member, std::size_t first_slot, std::size_t last_slot);

/// Tells autograd that memory was written behind its back.
void bump_version(const at::Tensor& tensor);

struct Common;

using List = std::vector<at::Tensor>;

/// Tensors of one device and dtype, for operators on lists; complex ones as their real views.
///
/// The methods change their first list in place. Where autograd follows the step they make new tensors instead, since
/// it may need the old ones; `finish` then puts them where they belong.
class Lists {
 public:
  explicit Lists(bool differentiable) : differentiable_(differentiable) {}
  void push(Member& member, std::size_t first_slot);
  void finish(std::size_t first_slot);

  List params;
  List grads;
  std::array<List, kMaxSlots> state;
  std::vector<Member*> members;

  /// Negates the gradients to maximize and adds the L2 penalty; never writes into the gradients themselves.
  void prepare_gradients(const Common& options);
  /// A tensor, if there is one, where these tensors are.
  std::optional<at::Tensor> on_device(const at::Tensor& tensor) const;

  void add(List& x, const at::Scalar& value) const;
  void add(List& x, const List& y, const at::Scalar& alpha = 1) const;
  /// With float16 and bfloat16 the factor keeps its own precision, as a number does in Python.
  void mul(List& x, const at::Scalar& factor) const;
  void mul(List& x, const std::vector<at::Scalar>& factors) const;
  void mul(List& x, const List& y) const;
  void div(List& x, const List& y) const;
  void div(List& x, const std::vector<at::Scalar>& divisors) const;
  void sqrt(List& x) const;
  void lerp(List& x, const List& y, const at::Scalar& weight) const;
  void maximum(List& x, const List& y) const;
  void clamp(List& x, const at::Scalar& smallest, const at::Scalar& largest) const;
  void addcmul(List& x, const List& a, const List& b, const at::Scalar& value) const;
  void addcdiv(List& x, const List& a, const List& b, const at::Scalar& value = 1) const;
  void addcdiv(List& x, const List& a, const List& b, const std::vector<at::Scalar>& values) const;
  void copy(List& x, const List& y) const;

 private:
  bool differentiable_;
};

/// Sorts members by device and dtype. Slots below `first_slot` are counters, which do not go into the lists.
std::vector<Lists> lists_of(const std::vector<Member*>& members, std::size_t first_slot, bool differentiable = false);

/// tensor *= factor, in the factor's own precision.
void scale(const at::Tensor& tensor, const at::Scalar& factor);

/// Scalars for a foreach operator, one a member.
template <typename Of>
std::vector<at::Scalar> scalars(const Lists& lists, Of of) {
  std::vector<at::Scalar> result;
  result.reserve(lists.members.size());
  for (std::size_t i = 0; i < lists.members.size(); i++) result.emplace_back(of(i));
  return result;
}

/// Options that most optimizers share; each reads its own part of the arguments.
struct Common {
  double lr;
  double weight_decay;
  /// Weight decay shrinks the parameter itself, where otherwise an L2 penalty goes into the gradient.
  bool decoupled;
  bool maximize;
  bool capturable;
  bool differentiable;

  /// Reads them in the order of lib/optim/native_optimizer.ts.
  explicit Common(FrameReader& in);
  double penalty() const { return decoupled ? 0 : weight_decay; }
  /// What weight decay leaves of a parameter.
  double decay() const { return decoupled ? 1 - lr * weight_decay : 1; }
};

template <typename T>
Memory<T> memory_of(const Member& member, const Common& options, std::size_t first_slot, std::size_t last_slot) {
  Memory<T> memory{member.param.numel(),
                   member.param.mutable_data_ptr<T>(),
                   member.grad.const_data_ptr<T>(),
                   {},
                   static_cast<T>(options.maximize ? -1 : 1),
                   static_cast<T>(options.penalty())};
  for (std::size_t slot = first_slot; slot < last_slot; slot++) {
    const at::Tensor& state = member.state[slot];
    if (state.defined()) memory.state[slot - first_slot] = state.mutable_data_ptr<T>();
  }
  return memory;
}

/// Updates each member by `loop(member, memory)` if its memory allows, where `memory()` gives it, and all others by
/// `kernels(lists)`. Slots from `first_slot` to `last_slot` are laid out like the parameter; those below are scalars.
template <typename Loop, typename Kernels>
void update(Group& group, const Common& options, std::size_t first_slot, std::size_t last_slot, Loop loop,
            Kernels kernels) {
  std::vector<Member*> others;
  for (Member& member : group.members) {
    if (options.capturable || options.differentiable || !fits_loop(member, first_slot, last_slot)) {
      others.push_back(&member);
      continue;
    }
    if (member.param.scalar_type() == at::kFloat) {
      loop(member, [&] { return memory_of<float>(member, options, first_slot, last_slot); });
    } else {
      loop(member, [&] { return memory_of<double>(member, options, first_slot, last_slot); });
    }
    bump_version(member.param);
    for (std::size_t slot = first_slot; slot < last_slot; slot++) {
      if (member.state[slot].defined()) bump_version(member.state[slot]);
    }
  }
  for (Lists& lists : lists_of(others, first_slot, options.differentiable)) {
    kernels(lists);
    lists.finish(first_slot);
  }
}

}  // namespace tsorch::optim
