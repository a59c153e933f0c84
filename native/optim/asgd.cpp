#include "group.h"
#include "optim.h"

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

/// The rates of the next step; call after the parameter was updated.
void advance_rates(Member& member, const Options& options) {
  const double step = advance(member.state[kStep]);
  write_scalar(member.state[kEta], options.lr / std::pow(1 + options.lambd * options.lr * step, options.alpha));
  write_scalar(member.state[kMu], 1 / std::max(1.0, step - options.t0));
}

void kernels(Lists& lists, const Options& options) {
  List& ax = lists.state[kAx];
  const auto rates = [&](std::size_t slot) {
    return scalars(lists, [&](std::size_t i) { return read_scalar(lists.members[i]->state[slot]); });
  };
  const auto etas = rates(kEta);
  const auto mus = rates(kMu);
  lists.prepare_gradients(options);
  lists.mul(lists.params, scalars(lists, [&](std::size_t i) { return 1 - options.lambd * etas[i].toDouble(); }));
  List step = at::_foreach_neg(lists.grads);
  lists.mul(step, etas);
  lists.add(lists.params, step);
  List change = at::_foreach_sub(lists.params, ax);
  lists.mul(change, mus);
  List average = at::_foreach_add(ax, change);
  for (std::size_t i = 0; i < lists.members.size(); i++) {
    // Averaging starts at step t0; until then the average is the parameter itself.
    if (mus[i].toDouble() == 1) average[i] = lists.params[i];
    advance_rates(*lists.members[i], options);
  }
  lists.copy(ax, average);
}

}  // namespace

void optim_asgd(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "ASGD does not support sparse gradients");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable, "params, mus, etas, and state_steps");
    member.ensure_scalar(kStep, 0, true);
    member.ensure_scalar(kEta, options.lr, true);
    member.ensure_scalar(kMu, 1, true);
    member.ensure_zeros(kAx);
  }
  const auto loop = [&](Member& member, auto memory) {
    const double eta = read_scalar(member.state[kEta]);
    asgd_loop(memory(), {eta, read_scalar(member.state[kMu]), 1 - options.lambd * eta});
    advance_rates(member, options);
  };
  update(group, options, kAx, kSlots, loop, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
