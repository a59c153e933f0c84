#include "group.h"

#include "../errors.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/ops/sqrt_cpu_dispatch.h>
#include <c10/util/Exception.h>

#include <algorithm>
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

/// float32 for step counters, unless the default dtype is float64.
at::ScalarType counter_type() {
  return at::get_default_dtype_as_scalartype() == at::kDouble ? at::kDouble : at::kFloat;
}

}  // namespace

at::Tensor real_view(const at::Tensor& tensor) {
  return tensor.defined() && tensor.is_complex() ? at::view_as_real(tensor) : tensor;
}

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

Number advance(at::Tensor& step, bool as_tensor) {
  if (!as_tensor) return advance(step);
  step.add_(1);
  return Number(step);
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
    : lr(Number::read(in)),
      weight_decay(Number::read(in)),
      decoupled(in.boolean()),
      maximize(in.boolean()),
      capturable(in.boolean()),
      differentiable(in.boolean()),
      foreach (in.none() ? std::nullopt : std::optional(in.boolean())),
      has_tensors(lr.is_tensor() || weight_decay.is_tensor()) {}

Tensors::Tensors(const Member& member, bool real) : param(member.param), grad(member.grad), state(member.state) {
  if (!real || !param.is_complex()) return;
  param = real_view(param);
  grad = real_view(grad);
  for (at::Tensor& each : state) each = real_view(each);
}

at::Tensor signed_gradient(const at::Tensor& grad, const Common& options) {
  return options.maximize ? grad.neg() : grad;
}

at::Tensor decayed_gradient(const at::Tensor& grad, const at::Tensor& param, const Common& options) {
  if (options.has_decay()) param.mul_(options.decay().operand());
  if (!options.has_penalty()) return grad;
  // As a product with a tensor, autograd follows the weight too.
  if (options.weight_decay.requires_grad()) return grad.addcmul(param.clone(), options.weight_decay.tensor());
  return grad.add(param, options.weight_decay.scalar());
}

void Lists::push(Member& member, std::size_t first_slot, bool real) {
  const Tensors tensors(member, real);
  params.push_back(tensors.param);
  grads.push_back(tensors.grad);
  members.push_back(&member);
  for (std::size_t slot = first_slot; slot < kMaxSlots; slot++) {
    if (tensors.state[slot].defined()) state[slot].push_back(tensors.state[slot]);
  }
}

void Lists::sign_gradients(const Common& options) {
  if (options.maximize) grads = at::_foreach_neg(grads);
}

void Lists::decay(const Common& options) {
  if (options.has_penalty()) grads = at::_foreach_add(grads, params, options.weight_decay.scalar());
  if (!options.has_decay()) return;
  const Number decay = options.decay();
  if (decay.is_tensor()) return at::_foreach_mul_(params, decay.tensor());
  at::_foreach_mul_(params, decay.scalar());
}

std::optional<at::Tensor> Lists::on_device(const at::Tensor& tensor) const {
  if (!tensor.defined()) return std::nullopt;
  return tensor.to(params.front().device());
}

std::vector<Lists> lists_of(const std::vector<Member*>& members, std::size_t first_slot, bool real) {
  std::vector<Lists> result;
  std::map<std::pair<std::string, at::ScalarType>, std::size_t> places;
  for (Member* member : members) {
    const auto key = std::make_pair(member->param.device().str(), member->param.scalar_type());
    const auto [place, inserted] = places.emplace(key, result.size());
    if (inserted) result.emplace_back();
    result[place->second].push(*member, first_slot, real);
  }
  return result;
}

void RootsRoom::take_first(void* values, std::int64_t count) {
  const at::Tensor& room = *static_cast<at::Tensor*>(values);
  room.unsafeGetTensorImpl()->set_sizes_contiguous(count);
  at::Tensor roots = room;
  at::cpu::sqrt_(roots);
}

Instructions instructions() {
  static const Instructions found = [] {
    const std::string capability = at::get_cpu_capability();
    if (capability == "AVX512") return Instructions::kAvx512;
    return capability == "AVX2" ? Instructions::kAvx2 : Instructions::kDefault;
  }();
  return found;
}

bool uses_lists(const Group& group, const Common& options) {
  if (options.foreach.has_value()) {
    if (*options.foreach && options.differentiable) {
      throw AssertionError({__func__, __FILE__, __LINE__}, "_foreach ops don't support autograd");
    }
    return *options.foreach && !options.capturable;
  }
  // Operators on lists would wait for counters on the device.
  if (options.differentiable || options.capturable) return false;
  return std::all_of(group.members.begin(), group.members.end(),
                     [](const Member& member) { return !member.param.device().is_cpu(); });
}

}  // namespace tsorch::optim
