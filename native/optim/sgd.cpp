#include "group.h"

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

/// Moves the buffer on and gives it; the first gradient becomes the buffer.
const at::Tensor& momentum_buffer(Member& member, const at::Tensor& grad, const Options& options) {
  at::Tensor& buffer = member.state[kMomentumBuffer];
  if (buffer.defined()) {
    buffer.mul_(Number(options.momentum).operand()).add_(grad, 1 - options.dampening);
  } else {
    member.ensure(kMomentumBuffer, [&] { return grad.detach().clone(); });
  }
  return buffer;
}

void single(Member& member, const Options& options) {
  const at::Tensor& param = member.param;
  at::Tensor grad = decayed_gradient(signed_gradient(member.grad, options), param, options);
  if (options.momentum != 0) {
    const at::Tensor& buffer = momentum_buffer(member, grad, options);
    grad = options.nesterov ? grad.add(buffer, options.momentum) : buffer;
  }
  if (options.lr.requires_grad()) {
    param.addcmul_(grad, options.lr.tensor(), -1);
  } else {
    param.add_(grad, (-options.lr).scalar());
  }
}

/// The same of all members.
List momentum_buffers(Lists& lists, const Options& options) {
  List& known = lists.state[kMomentumBuffer];
  if (known.size() == lists.members.size()) {
    at::_foreach_mul_(known, options.momentum);
    at::_foreach_add_(known, lists.grads, 1 - options.dampening);
    return known;
  }
  List all;
  for (std::size_t i = 0; i < lists.members.size(); i++) {
    Member& member = *lists.members[i];
    all.push_back(momentum_buffer(member, lists.grads[i], options));
  }
  return all;
}

void on_lists(Lists& lists, const Options& options) {
  lists.sign_gradients(options);
  lists.decay(options);
  if (options.momentum != 0) {
    const List buffers = momentum_buffers(lists, options);
    lists.grads = options.nesterov ? at::_foreach_add(lists.grads, buffers, options.momentum) : buffers;
  }
  at::_foreach_add_(lists.params, lists.grads, (-options.lr).scalar());
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
    at::_fused_sgd_(lists.params, lists.grads, lists.state[kMomentumBuffer], options.weight_decay.value(),
                    options.momentum, options.lr.value(), options.dampening, options.nesterov, options.maximize, first,
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
      sgd_loop(memory(), {options.lr.value(), options.momentum, 1 - options.dampening, options.nesterov, first});
    };
    update(
        group, options, 0, 1, true, loop, [&](Member& member) { single(member, options); },
        [&](Lists& lists) { on_lists(lists, options); }, false);
  }
  group.write_new_state(out);
}

}  // namespace tsorch
