#include "group.h"

#include "../errors.h"

#include <ATen/Parallel.h>
#include <ATen/ScalarOps.h>
#include <c10/util/Exception.h>

#include <map>

namespace tsorch::optim {

namespace {

/// A step by kernels goes over the memory several times as often as a loop, so it takes many elements and more threads
/// than that before they are faster.
constexpr std::int64_t kManyElements = 1 << 18;
constexpr int kManyThreads = 4;

bool is_plain(const at::Tensor& tensor) {
  return tensor.layout() == at::kStrided && tensor.device().is_cpu() && !tensor.is_neg() && !tensor._is_zerotensor();
}

bool same_layout(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && (a.strides() == b.strides() || (a.is_contiguous() && b.is_contiguous()));
}

at::Tensor real_view(const at::Tensor& tensor) {
  return tensor.defined() && tensor.is_complex() ? at::view_as_real(tensor) : tensor;
}

/// float32 for step counters, unless the default dtype is float64.
at::ScalarType counter_type() {
  return at::get_default_dtype_as_scalartype() == at::kDouble ? at::kDouble : at::kFloat;
}

}  // namespace

void Member::ensure_zeros(std::size_t slot) {
  ensure(slot, [&] { return at::zeros_like(param.detach(), {}, at::MemoryFormat::Preserve); });
}

void Member::ensure_full(std::size_t slot, const at::Scalar& value) {
  ensure(slot, [&] { return at::full_like(param.detach(), value, {}, at::MemoryFormat::Preserve); });
}

void Member::ensure_scalar(std::size_t slot, double value, bool on_device) {
  ensure(slot, [&] {
    const at::Device device = on_device ? param.device() : at::Device(at::kCPU);
    return at::full({}, value, at::TensorOptions().dtype(counter_type()).device(device));
  });
}

Group::Group(FrameReader& in, std::size_t slots, const char* sparse_message) : slots_(slots) {
  const std::size_t count = static_cast<std::size_t>(in.list()) / (slots + 1);
  members.reserve(count);
  for (std::size_t index = 0; index < count; index++) {
    Member member{index, in.tensor(), {}, {}};
    for (std::size_t slot = 0; slot < slots; slot++) member.state[slot] = in.optional_tensor();
    member.grad = member.param.grad();
    if (!member.grad.defined()) continue;
    TORCH_CHECK(sparse_message == nullptr || !member.grad.is_sparse(), sparse_message);
    members.push_back(std::move(member));
  }
}

void Group::write_new_state(FrameWriter& out) const {
  std::size_t made = 0;
  for (const Member& member : members) made += member.made;
  out.list(made * (slots_ + 1));
  for (const Member& member : members) {
    if (!member.made) continue;
    out.integer(static_cast<std::int64_t>(member.index));
    for (std::size_t slot = 0; slot < slots_; slot++) out.tensor(member.state[slot]);
  }
}

double read_scalar(const at::Tensor& scalar) {
  if (is_plain(scalar) && scalar.scalar_type() == at::kFloat) return *scalar.const_data_ptr<float>();
  return scalar.item<double>();
}

void write_scalar(at::Tensor& scalar, double value) {
  if (is_plain(scalar) && scalar.scalar_type() == at::kFloat && !scalar.is_inference()) {
    *scalar.mutable_data_ptr<float>() = static_cast<float>(value);
    bump_version(scalar);
  } else {
    scalar.fill_(value);
  }
}

double advance(at::Tensor& step) {
  write_scalar(step, read_scalar(step) + 1);
  return read_scalar(step);
}

void check_capturable(const Member& member, bool capturable, const char* what, const char* devices) {
  if (!capturable || (!member.param.device().is_cpu() && !member.param.is_meta())) return;
  throw AssertionError({__func__, __FILE__, __LINE__},
                       c10::str("If capturable=True, ", what, " must be on supported devices: ", devices, "."));
}

bool fits_loop(Member& member, std::size_t first_slot, std::size_t last_slot) {
  const at::Tensor& param = member.param;
  const at::ScalarType type = param.scalar_type();
  if (!is_plain(param) || param.is_inference() || (type != at::kFloat && type != at::kDouble)) return false;
  if (param.numel() >= kManyElements && at::get_num_threads() > kManyThreads) return false;
  if (!param.is_non_overlapping_and_dense()) return false;
  if (!is_plain(member.grad) || member.grad.scalar_type() != type) return false;
  for (std::size_t slot = first_slot; slot < last_slot; slot++) {
    const at::Tensor& state = member.state[slot];
    if (!state.defined()) continue;
    if (!is_plain(state) || state.scalar_type() != type || !same_layout(state, param)) return false;
  }
  if (!same_layout(member.grad, param)) member.grad = at::empty_like(param).copy_(member.grad);
  return true;
}

void bump_version(const at::Tensor& tensor) { tensor.unsafeGetTensorImpl()->bump_version(); }

Common::Common(FrameReader& in)
    : lr(in.number()),
      weight_decay(in.number()),
      decoupled(in.boolean()),
      maximize(in.boolean()),
      capturable(in.boolean()),
      differentiable(in.boolean()) {}

void Lists::push(Member& member, std::size_t first_slot) {
  params.push_back(real_view(differentiable_ ? member.param.clone() : member.param));
  grads.push_back(real_view(member.grad));
  members.push_back(&member);
  for (std::size_t slot = first_slot; slot < kMaxSlots; slot++) {
    if (member.state[slot].defined()) state[slot].push_back(real_view(member.state[slot]));
  }
}

void Lists::finish(std::size_t first_slot) {
  if (!differentiable_) return;
  const auto as = [](const Member& member, const at::Tensor& x) {
    return member.param.is_complex() ? at::view_as_complex(x) : x;
  };
  for (std::size_t i = 0; i < members.size(); i++) {
    Member& member = *members[i];
    member.param.copy_(as(member, params[i]));
    member.made = true;
    for (std::size_t slot = first_slot; slot < kMaxSlots; slot++) {
      if (!state[slot].empty()) member.state[slot] = as(member, state[slot][i]);
    }
  }
}

void Lists::prepare_gradients(const Common& options) {
  if (options.maximize) grads = at::_foreach_neg(grads);
  if (options.penalty() != 0) grads = at::_foreach_add(grads, params, options.penalty());
}

std::optional<at::Tensor> Lists::on_device(const at::Tensor& tensor) const {
  if (!tensor.defined()) return std::nullopt;
  return tensor.to(params.front().device());
}

void Lists::add(List& x, const at::Scalar& value) const {
  if (differentiable_) {
    x = at::_foreach_add(x, value);
  } else {
    at::_foreach_add_(x, value);
  }
}

void Lists::add(List& x, const List& y, const at::Scalar& alpha) const {
  if (differentiable_) {
    x = at::_foreach_add(x, y, alpha);
  } else {
    at::_foreach_add_(x, y, alpha);
  }
}

void Lists::mul(List& x, const at::Scalar& factor) const { mul(x, std::vector<at::Scalar>(x.size(), factor)); }

void Lists::mul(List& x, const std::vector<at::Scalar>& factors) const {
  // at::_foreach_mul_ rounds the factor on the CPU, where it is a loop anyway.
  if (!differentiable_ && !x.front().device().is_cpu()) return at::_foreach_mul_(x, factors);
  for (std::size_t i = 0; i < x.size(); i++) {
    if (differentiable_) {
      x[i] = x[i].mul(at::native::wrapped_scalar_tensor(factors[i]));
    } else {
      scale(x[i], factors[i]);
    }
  }
}

void Lists::mul(List& x, const List& y) const {
  if (differentiable_) {
    x = at::_foreach_mul(x, y);
  } else {
    at::_foreach_mul_(x, y);
  }
}

void Lists::div(List& x, const List& y) const {
  if (differentiable_) {
    x = at::_foreach_div(x, y);
  } else {
    at::_foreach_div_(x, y);
  }
}

void Lists::div(List& x, const std::vector<at::Scalar>& divisors) const {
  if (differentiable_) {
    x = at::_foreach_div(x, divisors);
  } else {
    at::_foreach_div_(x, divisors);
  }
}

void Lists::sqrt(List& x) const {
  if (differentiable_) {
    x = at::_foreach_sqrt(x);
  } else {
    at::_foreach_sqrt_(x);
  }
}

void Lists::lerp(List& x, const List& y, const at::Scalar& weight) const {
  if (differentiable_) {
    x = at::_foreach_lerp(x, y, weight);
  } else {
    at::_foreach_lerp_(x, y, weight);
  }
}

void Lists::maximum(List& x, const List& y) const {
  if (differentiable_) {
    x = at::_foreach_maximum(x, y);
  } else {
    at::_foreach_maximum_(x, y);
  }
}

void Lists::clamp(List& x, const at::Scalar& smallest, const at::Scalar& largest) const {
  if (differentiable_) {
    x = at::_foreach_clamp_max(at::_foreach_clamp_min(x, smallest), largest);
  } else {
    at::_foreach_clamp_min_(x, smallest);
    at::_foreach_clamp_max_(x, largest);
  }
}

void Lists::addcmul(List& x, const List& a, const List& b, const at::Scalar& value) const {
  if (differentiable_) {
    x = at::_foreach_addcmul(x, a, b, value);
  } else {
    at::_foreach_addcmul_(x, a, b, value);
  }
}

void Lists::addcdiv(List& x, const List& a, const List& b, const at::Scalar& value) const {
  if (differentiable_) {
    x = at::_foreach_addcdiv(x, a, b, value);
  } else {
    at::_foreach_addcdiv_(x, a, b, value);
  }
}

void Lists::addcdiv(List& x, const List& a, const List& b, const std::vector<at::Scalar>& values) const {
  if (differentiable_) {
    x = at::_foreach_addcdiv(x, a, b, values);
  } else {
    at::_foreach_addcdiv_(x, a, b, values);
  }
}

void Lists::copy(List& x, const List& y) const {
  if (differentiable_) {
    x = y;
  } else {
    at::_foreach_copy_(x, y);
  }
}

std::vector<Lists> lists_of(const std::vector<Member*>& members, std::size_t first_slot, bool differentiable) {
  std::vector<Lists> result;
  std::map<std::pair<std::string, at::ScalarType>, std::size_t> places;
  for (Member* member : members) {
    const auto key = std::make_pair(member->param.device().str(), member->param.scalar_type());
    const auto [place, inserted] = places.emplace(key, result.size());
    if (inserted) result.emplace_back(differentiable);
    result[place->second].push(*member, first_slot);
  }
  return result;
}

void scale(const at::Tensor& tensor, const at::Scalar& factor) {
  tensor.mul_(at::native::wrapped_scalar_tensor(factor));
}

}  // namespace tsorch::optim
