#include "placement.h"

#include <ATen/FunctionalTensorWrapper.h>
#include <ATen/functorch/BatchedTensorImpl.h>
#include <ATen/functorch/TensorWrapper.h>
#include <c10/util/Exception.h>
#include <c10/util/safe_numerics.h>

#include <algorithm>

namespace tsorch {

namespace {

/// Packed elements of a quantized tensor take less than a byte each.
std::int64_t elements_in_byte(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kQUInt4x2:
      return 2;
    case at::kQUInt2x4:
      return 4;
    default:
      return 1;
  }
}

/// The tensor that a transform of torch.func wraps, or an undefined one.
at::Tensor wrapped_by(const at::Tensor& tensor) {
  if (const auto* wrapper = at::functorch::maybeGetTensorWrapper(tensor)) return wrapper->value();
  if (const auto* batch = at::functorch::maybeGetBatchedImpl(tensor)) return batch->value();
  if (at::functionalization::impl::isFunctionalTensor(tensor)) {
    return at::functionalization::impl::unsafeGetFunctionalWrapper(tensor)->value();
  }
  return {};
}

}  // namespace

std::optional<std::int64_t> bytes_reached(at::IntArrayRef sizes, at::IntArrayRef strides, std::int64_t offset,
                                          std::size_t itemsize) {
  std::int64_t end = 1;
  std::int64_t bytes = 0;
  bool wrong = offset < 0 || c10::add_overflows(end, offset, &end);
  for (std::size_t i = 0; i < sizes.size(); i++) {
    if (sizes[i] == 0) return 0;
    std::int64_t step = 0;
    wrong = wrong || sizes[i] < 0 || strides[i] < 0 || c10::mul_overflows(sizes[i] - 1, strides[i], &step) ||
            c10::add_overflows(end, step, &end);
  }
  wrong = wrong || c10::mul_overflows(end, static_cast<std::int64_t>(itemsize), &bytes);
  return wrong ? std::nullopt : std::optional(bytes);
}

bool has_elements_in_memory(const at::Tensor& tensor) {
  return tensor.defined() && tensor.layout() == at::kStrided && !tensor.is_nested() && tensor.has_storage() &&
         !tensor.is_meta() && !tensor._is_zerotensor();
}

void check_inside(const at::Tensor& self, at::IntArrayRef sizes, at::IntArrayRef strides, std::int64_t offset,
                  std::size_t itemsize) {
  TORCH_CHECK(offset >= 0, "Tensor: invalid storage offset ", offset);
  TORCH_CHECK(std::none_of(strides.begin(), strides.end(), [](std::int64_t stride) { return stride < 0; }),
              "as_strided: Negative strides are not supported at the moment, got strides: ", strides);
  const auto bytes = bytes_reached(sizes, strides, offset, itemsize);
  TORCH_CHECK(bytes, "Storage size calculation overflowed with sizes=", sizes, " and strides=", strides);
  if (!has_elements_in_memory(self)) return;
  const std::int64_t packed = elements_in_byte(self);
  const std::int64_t needed = *bytes / packed + (*bytes % packed != 0);
  const auto owned = static_cast<std::int64_t>(self.storage().nbytes());
  TORCH_CHECK(needed <= owned, "setStorage: sizes ", sizes, ", strides ", strides, ", storage offset ", offset,
              ", and itemsize ", itemsize, " requiring a storage size of ", needed,
              " are out of bounds for storage of size ", owned);
}

KeptPlacements::KeptPlacements(const Operator& op, const torch::jit::Stack& stack) {
  for (const std::size_t place : op.written) {
    const c10::IValue& argument = stack[place];
    if (argument.isTensor()) keep(argument.toTensor());
    if (argument.isTensorList()) {
      for (const c10::IValue& each : argument.toListRef()) keep(each.toTensor());
    }
  }
}

void KeptPlacements::keep(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.layout() != at::kStrided || tensor.is_nested()) return;
  if (first_) {
    others_.emplace_back(tensor);
  } else {
    first_.emplace(tensor);
  }
  if (tensor.has_storage()) return;
  if (const at::Tensor wrapped = wrapped_by(tensor); wrapped.defined()) keep(wrapped);
}

KeptPlacements::Kept::Kept(const at::Tensor& kept) : tensor(kept), offset(kept.storage_offset()) {
  if (tensor.has_storage()) storage = tensor.storage();
  const at::IntArrayRef sizes = tensor.sizes();
  const at::IntArrayRef strides = tensor.strides();
  sizes_and_strides.append(sizes.begin(), sizes.end());
  sizes_and_strides.append(strides.begin(), strides.end());
}

bool KeptPlacements::Kept::is_changed() const {
  const at::IntArrayRef kept(sizes_and_strides);
  const std::size_t dims = kept.size() / 2;
  return tensor.sizes() != kept.slice(0, dims) || tensor.strides() != kept.slice(dims) ||
         tensor.storage_offset() != offset || (storage && !tensor.storage().is_alias_of(storage));
}

void KeptPlacements::Kept::restore() const {
  at::TensorImpl& impl = *tensor.unsafeGetTensorImpl();
  const at::IntArrayRef kept(sizes_and_strides);
  const std::size_t dims = kept.size() / 2;
  if (storage) impl.set_storage_keep_dtype(storage);
  impl.set_sizes_and_strides(kept.slice(0, dims), kept.slice(dims), offset);
}

void KeptPlacements::restore() const {
  if (first_ && first_->is_changed()) first_->restore();
  for (const Kept& each : others_) {
    if (each.is_changed()) each.restore();
  }
}

void KeptPlacements::check() const {
  const auto check_one = [](const Kept& each) {
    if (!each.is_changed() || !has_elements_in_memory(each.tensor)) return;
    const at::Tensor& tensor = each.tensor;
    check_inside(tensor, tensor.sizes(), tensor.strides(), tensor.storage_offset(), tensor.element_size());
  };
  if (first_) check_one(*first_);
  for (const Kept& each : others_) check_one(each);
}

}  // namespace tsorch
