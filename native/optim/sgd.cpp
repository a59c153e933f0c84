#include "group.h"
#include "optim.h"

namespace tsorch {

namespace {

using namespace optim;

constexpr std::size_t kMomentumBuffer = 0;

struct Options {
  double lr;
  double momentum;
  double dampening;
  double weight_decay;
  bool nesterov;
  bool maximize;
  bool differentiable;
  bool fused;
  at::Tensor grad_scale;
  at::Tensor found_inf;
};

template <typename T>
void loop(const Member& member, const Options& options, bool first) {
  const T lr = options.lr;
  const T momentum = options.momentum;
  const T undampened = 1 - options.dampening;
  const T weight_decay = options.weight_decay;
  const T sign = options.maximize ? -1 : 1;
  T* param = member.param.mutable_data_ptr<T>();
  const T* grads = member.grad.const_data_ptr<T>();
  T* buffer = momentum != 0 ? member.state[kMomentumBuffer].mutable_data_ptr<T>() : nullptr;
  const std::int64_t count = member.param.numel();
  for (std::int64_t i = 0; i < count; i++) {
    T grad = sign * grads[i];
    if (weight_decay != 0) grad += weight_decay * param[i];
    if (buffer != nullptr) {
      buffer[i] = first ? grad : momentum * buffer[i] + undampened * grad;
      grad = options.nesterov ? grad + momentum * buffer[i] : buffer[i];
    }
    param[i] -= lr * grad;
  }
  bump_version(member.param);
  if (buffer != nullptr && !first) bump_version(member.state[kMomentumBuffer]);
}

void with_kernels(std::vector<Member*>& members, const Options& options) {
  for (Lists& lists : lists_of(members, kMaxSlots)) {
    lists.prepare_gradients(options.maximize, options.weight_decay);
    for (std::size_t i = 0; i < lists.members.size(); i++) {
      if (options.momentum == 0) break;
      Member& member = *lists.members[i];
      at::Tensor& buffer = member.state[kMomentumBuffer];
      // The gradient list holds real views of complex gradients; the buffer keeps the parameter's dtype.
      const at::Tensor grad = member.param.is_complex() ? at::view_as_complex(lists.grads[i]) : lists.grads[i];
      if (buffer.defined()) {
        buffer.mul_(options.momentum).add_(grad, 1 - options.dampening);
      } else {
        member.ensure(kMomentumBuffer, [&] { return grad.detach().clone(); });
      }
      const at::Tensor step = options.nesterov ? grad.add(buffer, options.momentum) : buffer;
      lists.grads[i] = step.is_complex() ? at::view_as_real(step) : step;
    }
    at::_foreach_add_(lists.params, lists.grads, -options.lr);
  }
}

/// libtorch's own fused kernel, which also unscales gradients for GradScaler.
void with_fused_kernel(std::vector<Member*>& members, const Options& options) {
  bool first = false;
  for (Member* member : members) {
    if (options.momentum == 0) break;
    first = first || !member->state[kMomentumBuffer].defined();
    member->ensure(kMomentumBuffer, [&] { return at::empty_like(member->grad); });
  }
  for (Lists& lists : lists_of(members, 0)) {
    const auto on_device = [&](const at::Tensor& tensor) {
      return tensor.defined() ? std::optional(tensor.to(lists.params[0].device())) : std::nullopt;
    };
    at::_fused_sgd_(lists.params, lists.grads, lists.state[kMomentumBuffer], options.weight_decay, options.momentum,
                    options.lr, options.dampening, options.nesterov, options.maximize, first,
                    on_device(options.grad_scale), on_device(options.found_inf));
  }
}

void step(Group& group, const Options& options) {
  std::vector<Member*> others;
  for (Member& member : group.members) {
    if (options.fused || options.differentiable || !fits_loop(member, 0, 1)) {
      others.push_back(&member);
      continue;
    }
    const bool first = options.momentum != 0 && !member.state[kMomentumBuffer].defined();
    if (first) member.ensure(kMomentumBuffer, [&] { return at::empty_like(member.param); });
    with_type(member, [&](auto type) { loop<decltype(type)>(member, options, first); });
  }
  if (others.empty()) return;
  if (options.fused) {
    with_fused_kernel(others, options);
  } else {
    with_kernels(others, options);
  }
}

}  // namespace

void optim_sgd(Environment&, FrameReader& in, FrameWriter& out) {
  Group group(in, 1, nullptr);
  const Options options{in.number(),  in.number(),  in.number(),  in.number(),          in.boolean(),
                        in.boolean(), in.boolean(), in.boolean(), in.optional_tensor(), in.optional_tensor()};
  const at::AutoGradMode mode(options.differentiable);
  step(group, options);
  group.write_new_state(out);
}

}  // namespace tsorch
