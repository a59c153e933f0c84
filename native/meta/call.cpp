#include "call.h"

#include <ATen/ATen.h>
#include <ATen/WrapDimUtils.h>

namespace tsorch::meta {

std::optional<std::size_t> Call::find(std::string_view name) const {
  for (std::size_t i = 0; i < values_.size(); i++) {
    if (schema_.arguments()[i].name() == name) return i;
  }
  return std::nullopt;
}

bool Call::has(std::string_view name) const {
  const auto index = find(name);
  if (!index || values_[*index].isNone()) return false;
  return !values_[*index].isTensor() || values_[*index].toTensor().defined();
}

const c10::IValue& Call::value(std::string_view name) const {
  const auto index = find(name);
  TORCH_INTERNAL_ASSERT(index, schema_.name(), " has no parameter '", name, "'");
  return values_[*index];
}

std::vector<Tensor> Call::tensors() const {
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < values_.size(); i++) {
    if (schema_.arguments()[i].is_out()) continue;
    if (values_[i].isTensor() && values_[i].toTensor().defined()) tensors.push_back(values_[i].toTensor());
    if (values_[i].isTensorList()) {
      for (const Tensor& tensor : values_[i].toTensorVector()) tensors.push_back(tensor);
    }
  }
  return tensors;
}

std::int64_t Call::integer(std::string_view name) const {
  const c10::IValue& given = value(name);
  return given.isSymInt() ? given.toSymInt().guard_int(__FILE__, __LINE__) : given.toInt();
}

Sizes Call::integers(std::string_view name) const {
  if (!has(name)) return {};
  const c10::IValue& given = value(name);
  if (given.isInt()) return {given.toInt()};
  if (given.isIntList()) return given.toIntVector();
  Sizes sizes;
  for (const c10::SymInt& size : given.toSymIntVector()) sizes.push_back(size.guard_int(__FILE__, __LINE__));
  return sizes;
}

Sizes Call::integers(std::string_view name, std::size_t count) const {
  Sizes sizes = integers(name);
  if (sizes.size() == 1) sizes.resize(count, sizes[0]);
  return sizes;
}

std::optional<at::ScalarType> Call::dtype(std::string_view name) const {
  if (!has(name)) return std::nullopt;
  return value(name).toScalarType();
}

Tensor sized(const Tensor& like, at::IntArrayRef sizes, std::optional<at::ScalarType> dtype) {
  return at::empty(sizes, like.options().dtype(dtype.value_or(like.scalar_type())));
}

Tensor alike(const Tensor& like, std::optional<at::ScalarType> dtype) {
  return at::empty_like(like, like.options().dtype(dtype.value_or(like.scalar_type())));
}

Tensor contiguous_alike(const Tensor& like, std::optional<at::ScalarType> dtype) {
  return sized(like, like.sizes(), dtype);
}

Tensor column_major(const Tensor& like, at::IntArrayRef sizes, std::optional<at::ScalarType> dtype) {
  Sizes transposed = sizes.vec();
  std::swap(transposed.at(transposed.size() - 1), transposed.at(transposed.size() - 2));
  return sized(like, transposed, dtype).transpose(-2, -1);
}

Tensor formatted(const Tensor& like, at::IntArrayRef sizes, const Tensor& format) {
  return at::empty(sizes, like.options(), format.suggest_memory_format());
}

at::ScalarType complex_of(at::ScalarType dtype) { return at::isComplexType(dtype) ? dtype : c10::toComplexType(dtype); }

at::ScalarType real_of(at::ScalarType dtype) { return c10::toRealValueType(dtype); }

at::ScalarType float_of(at::ScalarType dtype) {
  return at::isIntegralType(dtype, true) ? c10::typeMetaToScalarType(c10::get_default_dtype()) : dtype;
}

at::ScalarType long_of(at::ScalarType dtype) { return at::isIntegralType(dtype, true) ? at::kLong : dtype; }

}  // namespace tsorch::meta
