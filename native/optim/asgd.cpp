#include "group.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kEta, kMu, kAx, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in) : Common(in), lambd(in.number()), alpha(in.number()), t0(in.number()) {}
  double lambd;
  double alpha;
  double t0;
};

/// Where counters are no tensors, a rate is rounded to the default dtype on its way into its tensor, as in Python.
double rounded(const Number& rate) {
  if (rate.is_tensor() || at::get_default_dtype_as_scalartype() != at::kFloat) return rate.value();
  return static_cast<float>(rate.value());
}

/// The rates of the next step.
void set_rates(Member& member, const Number& step, const Options& options) {
  const Number eta = options.lr / pow(1.0 + options.lambd * options.lr * step, options.alpha);
  if (step.is_tensor()) {
    const at::Tensor& steps = step.tensor();
    member.state[kEta].copy_(eta.tensor());
    member.state[kMu].copy_(at::maximum(steps.sub(options.t0), at::ones_like(steps)).reciprocal());
  } else {
    write_scalar(member.state[kEta], rounded(eta));
    write_scalar(member.state[kMu], rounded(1 / std::max(1.0, step.value() - options.t0)));
  }
}

void single(Member& member, const Options& options) {
  const Tensors tensors(member, true);
  const at::Tensor& param = tensors.param;
  const at::Tensor& ax = tensors.state[kAx];
  const at::Tensor& mu = member.state[kMu];
  const Number step = advance(member.state[kStep], options.capturable);
  const at::Tensor grad = decayed_gradient(real_view(signed_gradient(member.grad, options)), param, options);
  if (options.capturable) {
    const Number eta(member.state[kEta]);
    param.mul_((1.0 - options.lambd * eta).operand());
    param.addcmul_(grad, eta.tensor(), -1);
  } else {
    const double eta = read_scalar(member.state[kEta]);
    param.mul_(Number(1 - options.lambd * eta).operand());
    param.add_(grad, -eta);
  }
  // Averaging starts at step t0; until then the average is the parameter itself.
  if (options.capturable || read_scalar(mu) != 1) {
    ax.add_(param.sub(ax).mul_(mu));
  } else {
    ax.copy_(param);
  }
  set_rates(member, step, options);
}

void on_lists(Lists& lists, const Options& options) {
  const auto counters = [&](std::size_t slot) {
    List result;
    for (const Member* member : lists.members) result.push_back(member->state[slot]);
    return result;
  };
  List& ax = lists.state[kAx];
  lists.sign_gradients(options);
  lists.decay(options);
  const List moves = at::_foreach_add(lists.grads, lists.params, options.lambd);
  at::_foreach_addcmul_(lists.params, moves, counters(kEta), -1);
  const List changes = at::_foreach_sub(lists.params, ax);
  at::_foreach_addcmul_(ax, changes, counters(kMu));
  for (Member* member : lists.members) {
    // The new learning rate has the precision of the counter here.
    const Number step = advance(member->state[kStep], true);
    const Number eta = options.lr / pow(1.0 + options.lambd * options.lr * step, options.alpha);
    member->state[kEta].copy_(eta.tensor());
    write_scalar(member->state[kMu], rounded(1 / std::max(1.0, step.value() - options.t0)));
  }
}

}  // namespace

void optim_asgd(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "ASGD does not support sparse gradients");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable, "params, mus, etas, and state_steps");
    member.ensure_scalar(kStep, 0, true);
    member.ensure_scalar(kEta, options.lr.value(), true);
    member.ensure_scalar(kMu, 1, true);
    member.ensure_zeros(kAx);
  }
  const auto loop = [&](Member& member, auto memory) {
    const double eta = read_scalar(member.state[kEta]);
    asgd_loop(memory(), {eta, read_scalar(member.state[kMu]), 1 - options.lambd * eta});
    set_rates(member, advance(member.state[kStep]), options);
  };
  update(
      group, options, kAx, kSlots, false, loop, [&](Member& member) { single(member, options); },
      [&](Lists& lists) { on_lists(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
