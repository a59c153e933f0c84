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

template <typename T>
void loop(const Memory<T>& memory, const Options& options) {
  const Gradient<T> gradient(memory, options.maximize, options.weight_decay);
  const T lr = options.lr;
  const T rho = options.rho;
  const T weight = 1 - options.rho;
  const T eps = options.eps;
  T* square_avg = memory.state(kSquareAvg);
  T* acc_delta = memory.state(kAccDelta);
  for (std::int64_t i = 0; i < memory.count; i++) {
    const T grad = gradient[i];
    square_avg[i] = rho * square_avg[i] + weight * grad * grad;
    const T delta = std::sqrt(acc_delta[i] + eps) / std::sqrt(square_avg[i] + eps) * grad;
    acc_delta[i] = rho * acc_delta[i] + weight * delta * delta;
    memory.param[i] -= lr * delta;
  }
}

void kernels(Lists& lists, const Options& options) {
  List& square_avg = lists.state[kSquareAvg];
  List& acc_delta = lists.state[kAccDelta];
  for (Member* member : lists.members) advance(member->state[kStep]);
  lists.prepare_gradients(options.maximize, options.weight_decay);
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
    check_capturable(member, options.capturable);
    member.ensure_scalar(kStep, 0, options.capturable);
    member.ensure_zeros(kSquareAvg);
    member.ensure_zeros(kAccDelta);
  }
  const auto loops = [&](Member& member, const auto& memory) {
    advance(member.state[kStep]);
    loop(memory, options);
  };
  update(group, options, kSquareAvg, kSlots, loops, [&](Lists& lists) { kernels(lists, options); });
  group.write_new_state(out);
}

}  // namespace tsorch
