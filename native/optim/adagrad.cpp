#include "group.h"

namespace tsorch {

namespace {

using namespace optim;

enum Slot : std::size_t { kStep, kSum, kSlots };

struct Options : Common {
  explicit Options(FrameReader& in)
      : Common(in),
        lr_decay(in.number()),
        eps(in.number()),
        initial(in.number()),
        fused(in.boolean()),
        grad_scale(in.optional_tensor()),
        found_inf(in.optional_tensor()) {}
  /// The learning rate of a step.
  double lr_at(double step) const { return (lr / (1 + (step - 1) * lr_decay)).value(); }
  double lr_decay;
  double eps;
  double initial;
  bool fused;
  at::Tensor grad_scale;
  at::Tensor found_inf;
};

void single(Member& member, const Options& options) {
  const double lr = options.lr_at(advance(member.state[kStep]));
  const at::Tensor grad = real_view(decayed_gradient(signed_gradient(member.grad, options), member.param, options));
  const Tensors tensors(member, true);
  const at::Tensor& sum = tensors.state[kSum];
  sum.addcmul_(grad, grad, 1);
  const at::Tensor root = sum.sqrt();
  // Autograd needs the root itself.
  const at::Tensor denominator = options.differentiable ? root.add(options.eps) : root.add_(options.eps);
  tensors.param.addcdiv_(grad, denominator, -lr);
}

void on_lists(Lists& lists, const Options& options) {
  List& sum = lists.state[kSum];
  lists.sign_gradients(options);
  lists.decay(options);
  at::_foreach_addcmul_(sum, lists.grads, lists.grads, 1);
  const List root = at::_foreach_sqrt(sum);
  at::_foreach_add_(root, options.eps);
  const auto lrs = scalars(lists, [&](std::size_t i) {  //
    return -options.lr_at(advance(lists.members[i]->state[kStep]));
  });
  List numerator = lists.grads;
  if (options.has_penalty() || options.maximize) {
    at::_foreach_mul_(numerator, lrs);  // rounds half types otherwise than the product in new memory
  } else {
    numerator = at::_foreach_mul(lists.grads, lrs);
  }
  at::_foreach_addcdiv_(lists.params, numerator, root);
}

/// Only the rows with a gradient change.
void sparse_step(Member& member, const Options& options) {
  TORCH_CHECK(options.weight_decay.is_zero(), "weight_decay option is not compatible with sparse gradients");
  const double lr = options.lr_at(advance(member.state[kStep]));
  const at::Tensor grad = (options.maximize ? member.grad.neg() : member.grad).coalesce();
  const at::Tensor values = grad._values();
  const auto like_grad = [&](const at::Tensor& elements) {
    return at::sparse_coo_tensor(grad._indices(), elements, grad.sizes());
  };
  at::Tensor& sum = member.state[kSum];
  sum.add_(like_grad(values.pow(2)));
  const at::Tensor root = sum.sparse_mask(grad)._values().sqrt_().add_(options.eps);
  member.param.add_(like_grad(values / root), -lr);
}

void fused_step(std::vector<Member>& group, const Options& options) {
  std::vector<Member*> members;
  for (Member& member : group) members.push_back(&member);
  for (Lists& lists : lists_of(members, kStep)) {
    auto& steps = lists.state[kStep];
    const auto found_inf = lists.on_device(options.found_inf);
    at::_foreach_add_(steps, 1);
    at::_fused_adagrad_(lists.params, lists.grads, lists.state[kSum], steps, options.lr.value(), options.lr_decay,
                        options.weight_decay.value(), options.eps, options.maximize,
                        lists.on_device(options.grad_scale), found_inf);
    if (found_inf) at::_foreach_sub_(steps, std::vector<at::Tensor>(steps.size(), *found_inf));
  }
}

at::Scalar initial_value(const Member& member, double value) {
  if (member.param.is_complex()) return c10::complex<double>(value, value);
  return value;
}

}  // namespace

void optim_adagrad(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, kSlots, nullptr);
  const Options options(in);
  const at::AutoGradMode mode(options.differentiable);
  std::vector<Member> sparse;
  std::vector<Member> dense;
  for (Member& member : group.members) {
    member.ensure_scalar(kStep, 0, options.fused);
    member.ensure_full(kSum, initial_value(member, options.initial));
    (member.grad.is_sparse() ? sparse : dense).push_back(member);
  }
  group.members.swap(dense);
  for (Member& member : sparse) sparse_step(member, options);
  if (options.fused) {
    fused_step(group.members, options);
  } else {
    const auto loop = [&](Member& member, auto memory) {
      adagrad_loop(memory(), {options.lr_at(advance(member.state[kStep])), options.eps});
    };
    update(
        group, options, kSum, kSlots, true, loop, [&](Member& member) { single(member, options); },
        [&](Lists& lists) { on_lists(lists, options); });
  }
  for (Member& member : sparse) group.members.push_back(member);
  group.write_new_state(out);
}

}  // namespace tsorch
