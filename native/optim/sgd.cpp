#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

constexpr std::size_t kMomentumBuffer = 0;

struct Options : Common {
  explicit Options(FrameReader& in)
      : Common(in),
        momentum(in.number()),
        dampening(in.number()),
        nesterov(in.boolean()),
        fused(in.boolean()),
        grad_scale(in.optional_tensor()),
        found_inf(in.optional_tensor()) {}
  double momentum;
  double dampening;
  bool nesterov;
  bool fused;
  at::Tensor grad_scale;
  at::Tensor found_inf;
};

/// Moves the buffers on and gives them all; the first gradient of a parameter becomes its buffer.
const List& momentum_buffers(Lists& lists, const Options& options) {
  List& known = lists.state[kMomentumBuffer];
  List gradients;
  for (std::size_t i = 0; i < lists.members.size(); i++) {
    if (lists.members[i]->state[kMomentumBuffer].defined()) gradients.push_back(lists.grads[i]);
  }
  if (!known.empty()) {
    lists.mul(known, options.momentum);
    lists.add(known, gradients, 1 - options.dampening);
  }
  List all;
  for (std::size_t i = 0, next = 0; i < lists.members.size(); i++) {
    Member& member = *lists.members[i];
    if (member.state[kMomentumBuffer].defined()) {
      all.push_back(known[next++]);
      continue;
    }
    all.push_back(lists.grads[i].detach().clone());
    member.ensure(kMomentumBuffer, [&] { return member.param.is_complex() ? at::view_as_complex(all[i]) : all[i]; });
  }
  known = all;
  return known;
}

void kernels(Lists& lists, const Options& options) {
  lists.prepare_gradients(options);
  if (options.momentum != 0) {
    const List& buffers = momentum_buffers(lists, options);
    lists.grads = options.nesterov ? at::_foreach_add(lists.grads, buffers, options.momentum) : buffers;
  }
  lists.add(lists.params, lists.grads, -options.lr);
}

/// libtorch's own fused kernel, which also unscales gradients for GradScaler.
void fused_step(Group& group, const Options& options) {
  bool first = false;
  std::vector<Member*> members;
  for (Member& member : group.members) {
    first = first || !member.state[kMomentumBuffer].defined();
    if (options.momentum != 0) member.ensure(kMomentumBuffer, [&] { return at::empty_like(member.grad); });
    members.push_back(&member);
  }
  for (Lists& lists : lists_of(members, 0)) {
    at::_fused_sgd_(lists.params, lists.grads, lists.state[kMomentumBuffer], options.weight_decay, options.momentum,
                    options.lr, options.dampening, options.nesterov, options.maximize, first,
                    lists.on_device(options.grad_scale), lists.on_device(options.found_inf));
  }
}

}  // namespace

void optim_sgd(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, 1, nullptr);
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  if (options.fused) {
    fused_step(group, options);
  } else {
    const auto loop = [&](Member& member, auto memory) {
      const bool first = !member.state[kMomentumBuffer].defined();
      if (options.momentum != 0) member.ensure(kMomentumBuffer, [&] { return at::empty_like(member.param.detach()); });
      sgd_loop(memory(), {options.lr, options.momentum, 1 - options.dampening, options.nesterov, first});
    };
    update(group, options, 0, 1, loop, [&](Lists& lists) { kernels(lists, options); });
  }
  group.write_new_state(out);
}

}  // namespace tsorch
