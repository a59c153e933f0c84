#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kSquareAvg, kAccDelta, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in) : Common(in), rho(in.number()), eps(in.number()) {}
  double rho;
  double eps;
};

void kernels(Lists& lists, const Options& options) {
  List& square_avg = lists.state[kSquareAvg];
  List& acc_delta = lists.state[kAccDelta];
  for (Member* member : lists.members) advance(member->state[kStep]);
  lists.prepare_gradients(options);
  lists.mul(square_avg, options.rho);
  lists.addcmul(square_avg, lists.grads, lists.grads, 1 - options.rho);
  List root = at::_foreach_add(square_avg, options.eps);
  lists.sqrt(root);
  List delta = at::_foreach_add(acc_delta, options.eps);
  lists.sqrt(delta);
  lists.div(delta, root);
  lists.mul(delta, lists.grads);
  lists.mul(acc_delta, options.rho);
  lists.addcmul(acc_delta, delta, delta, 1 - options.rho);
  lists.add(lists.params, delta, -options.lr);
}

}  // namespace

void optim_adadelta(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, "Adadelta does not support sparse gradients");
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  for (Member& member : group.members) {
    check_capturable(member, options.capturable, "params and state_steps", "['cuda', 'xpu', 'hpu', 'privateuseone']");
    member.ensure_scalar(kStep, 0, options.capturable);
    member.ensure_zeros(kSquareAvg);
    member.ensure_zeros(kAccDelta);
  }
  const auto loop = [&](Member& member, auto memory) {
    advance(member.state[kStep]);
    adadelta_loop(memory(), {options.lr, options.rho, 1 - options.rho, options.eps});
  };
  update(group, options, kSquareAvg, kSlots, loop, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
