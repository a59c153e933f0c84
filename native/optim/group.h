// The parameters of a group that one step updates, and the ways to compute on them: a loop over raw memory (loops/) for
// float32 and float64 on the CPU, operators on one tensor after the other, and operators on lists of tensors. All round
// as PyTorch's implementations do, which differ between the last two for some optimizers.
#pragma once

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "../frame.h"
#include "loops/loops.h"
#include "number.h"

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
/// The same as a tensor where it stays on the device, or where autograd may follow it.
Number advance(at::Tensor& step, bool as_tensor);
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

using List = std::vector<at::Tensor>;

/// Options that most optimizers share; each reads its own part of the arguments.
struct Common {
  Number lr;
  Number weight_decay;
  /// Weight decay shrinks the parameter itself, where otherwise an L2 penalty goes into the gradient.
  bool decoupled;
  bool maximize;
  bool capturable;
  bool differentiable;
  /// Whether to use operators on lists; none leaves it to the device.
  std::optional<bool> foreach;
  /// Whether a number is a tensor.
  bool has_tensors;

  /// Reads them in the order of lib/optim/native_optimizer.ts.
  explicit Common(FrameReader& in);
  bool has_penalty() const { return !decoupled && !weight_decay.is_zero(); }
  bool has_decay() const { return decoupled && !weight_decay.is_zero(); }
  /// What weight decay leaves of a parameter.
  Number decay() const { return 1.0 - lr * weight_decay; }
};

/// A member's tensors, for operators on one after the other; complex ones as their real views if wanted.
struct Tensors {
  Tensors(const Member& member, bool real);
  at::Tensor param;
  at::Tensor grad;
  std::array<at::Tensor, kMaxSlots> state;
};
at::Tensor real_view(const at::Tensor& tensor);

/// The gradient, negated to maximize.
at::Tensor signed_gradient(const at::Tensor& grad, const Common& options);
/// The gradient with the L2 penalty; for decoupled weight decay, the parameter shrinks.
at::Tensor decayed_gradient(const at::Tensor& grad, const at::Tensor& param, const Common& options);

/// Tensors of one device and dtype, for operators on lists; complex ones as their real views if wanted.
struct Lists {
  void push(Member& member, std::size_t first_slot, bool real);

  List params;
  List grads;
  std::array<List, kMaxSlots> state;
  std::vector<Member*> members;

  /// Negates the gradients to maximize; never writes into the gradients themselves.
  void sign_gradients(const Common& options);
  /// Adds the L2 penalty to the gradients, or shrinks the parameters.
  void decay(const Common& options);
  /// A tensor, if there is one, where these tensors are.
  std::optional<at::Tensor> on_device(const at::Tensor& tensor) const;
};

/// Sorts members by device and dtype. Slots below `first_slot` are counters, which do not go into the lists.
std::vector<Lists> lists_of(const std::vector<Member*>& members, std::size_t first_slot, bool real = true);

/// Scalars for a foreach operator, one a member.
template <typename Of>
std::vector<at::Scalar> scalars(const Lists& lists, Of of) {
  std::vector<at::Scalar> result;
  result.reserve(lists.members.size());
  for (std::size_t i = 0; i < lists.members.size(); i++) result.push_back(Number(of(i)).scalar());
  return result;
}

/// Room for the roots that loops need, made when the first one does.
class RootsRoom {
 public:
  template <typename T>
  Roots<T> of() {
    if (!values_.defined()) values_ = at::empty({2 * Roots<T>::kBlock}, c10::CppTypeToScalarType<T>::value);
    return {values_.mutable_data_ptr<T>(), &values_, &take_first};
  }

 private:
  static void take_first(void* values, std::int64_t count);
  at::Tensor values_;
};

/// What libtorch's kernels use on this machine.
Instructions instructions();

template <typename T>
Memory<T> memory_of(const Member& member, const Common& options, std::size_t first_slot, std::size_t last_slot,
                    RootsRoom& room) {
  Memory<T> memory{member.param.numel(),
                   member.param.mutable_data_ptr<T>(),
                   member.grad.const_data_ptr<T>(),
                   {},
                   static_cast<T>(options.maximize ? -1 : 1),
                   static_cast<T>(options.has_penalty() ? options.weight_decay.value() : 0),
                   instructions(),
                   room.of<T>()};
  for (std::size_t slot = first_slot; slot < last_slot; slot++) {
    const at::Tensor& state = member.state[slot];
    if (state.defined()) memory.state[slot - first_slot] = state.mutable_data_ptr<T>();
  }
  return memory;
}

/// Whether a group is updated by operators on lists: where it was asked for, and on accelerators.
/// @throws AssertionError when autograd should follow them
bool uses_lists(const Group& group, const Common& options);

/// Updates each member by `loop(member, memory)` if its memory allows, where `memory()` gives it, and all others by
/// `single(member)`, or `lists(lists)` where the group uses them. Slots from `first_slot` to `last_slot` are laid out
/// like the parameter; those below are scalars. `alike` says that lists round as a loop does, `real` that they take
/// complex tensors as their real views.
template <typename Loop, typename Single, typename OnLists>
void update(Group& group, const Common& options, std::size_t first_slot, std::size_t last_slot, bool alike, Loop loop,
            Single single, OnLists on_lists, bool real = true) {
  const bool by_lists = uses_lists(group, options);
  const bool by_loop = !options.capturable && !options.differentiable && (alike || !by_lists);
  RootsRoom float_room;
  RootsRoom double_room;
  std::vector<Member*> others;
  for (Member& member : group.members) {
    // A number that is a tensor counts when the dtype of a result is found, if the parameter has no dimensions either.
    const bool numbers_count = options.has_tensors && member.param.dim() == 0;
    if (!by_loop || numbers_count || !fits_loop(member, first_slot, last_slot)) {
      others.push_back(&member);
      continue;
    }
    if (member.param.scalar_type() == at::kFloat) {
      loop(member, [&] { return memory_of<float>(member, options, first_slot, last_slot, float_room); });
    } else {
      loop(member, [&] { return memory_of<double>(member, options, first_slot, last_slot, double_room); });
    }
    bump_version(member.param);
    for (std::size_t slot = first_slot; slot < last_slot; slot++) {
      if (member.state[slot].defined()) bump_version(member.state[slot]);
    }
  }
  if (!by_lists) {
    for (Member* member : others) single(*member);
    return;
  }
  for (Lists& lists : lists_of(others, first_slot, real)) on_lists(lists);
}

}  // namespace tsorch::optim
