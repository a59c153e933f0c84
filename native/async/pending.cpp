#include "pending.h"

#include <torch/csrc/autograd/variable.h>

#include <functional>

namespace tsorch {

namespace {

/// A key of hardware that libtorch has no kernels for.
constexpr c10::DispatchKey kKey = c10::DispatchKey::FPGA;

/// Nobody knows either whether it will require grad.
struct PendingAutograd final : torch::autograd::AutogradMeta {
  bool requires_grad() const override { not_computed(); }
};

using Visit = std::function<c10::IValue(at::Tensor)>;

/// The value with each pending tensor replaced; what has none is not copied.
c10::IValue replaced(const c10::IValue& value, const Visit& visit);

bool has_pending(const c10::IValue& value) {
  if (value.isTensor()) return PendingTensor::of(value.toTensor()) != nullptr;
  const auto any = [](const auto& elements) {
    for (const auto& each : elements) {
      if (has_pending(each)) return true;
    }
    return false;
  };
  if (value.isTuple()) return any(value.toTupleRef().elements());
  if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) {
      if (has_pending(entry.key()) || has_pending(entry.value())) return true;
    }
  }
  return value.isList() && any(value.toListRef());
}

c10::IValue replaced_tuple(const c10::IValue& value, const Visit& visit) {
  std::vector<c10::IValue> elements;
  for (const c10::IValue& each : value.toTupleRef().elements()) elements.push_back(replaced(each, visit));
  return c10::ivalue::Tuple::create(std::move(elements));
}

c10::IValue replaced_list(const c10::IValue& value, const Visit& visit) {
  const auto elements = value.toListRef();
  c10::impl::GenericList list(value.type()->expectRef<c10::ListType>().getElementType());
  for (const c10::IValue& each : elements) list.push_back(replaced(each, visit));
  return list;
}

c10::IValue replaced_dict(const c10::IValue& value, const Visit& visit) {
  const auto entries = value.toGenericDict();
  c10::impl::GenericDict dict(entries.keyType(), entries.valueType());
  for (const auto& entry : entries) dict.insert(replaced(entry.key(), visit), replaced(entry.value(), visit));
  return dict;
}

c10::IValue replaced(const c10::IValue& value, const Visit& visit) {
  if (!has_pending(value)) return value;
  if (value.isTensor()) return visit(value.toTensor());
  if (value.isTuple()) return replaced_tuple(value, visit);
  return value.isGenericDict() ? replaced_dict(value, visit) : replaced_list(value, visit);
}

}  // namespace

const char* const kNotComputed =
    "this tensor is not computed yet: only other operators of its torch.run_async can take it, until that is awaited. "
    "A function that looks at shapes or values can be traced with torch.jit.trace, and the trace be run";

void not_computed() { TORCH_CHECK(false, kNotComputed); }

bool is_about_pending(const std::string& message) {
  return message.find("with arguments from the 'FPGA' backend") != std::string::npos;
}

PendingTensor::PendingTensor(const Job& job, c10::Device device)
    : TensorImpl(c10::DispatchKeySet(kKey), caffe2::TypeMeta(), device), job(&job) {
  set_custom_sizes_strides(SizesStridesPolicy::CustomSizes);
  set_storage_access_should_throw();
  set_autograd_meta(std::make_unique<PendingAutograd>());
}

PendingTensor* PendingTensor::of(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.key_set().has(kKey)) return nullptr;
  return static_cast<PendingTensor*>(tensor.unsafeGetTensorImpl());
}

c10::IntArrayRef PendingTensor::sizes_custom() const { not_computed(); }
c10::IntArrayRef PendingTensor::strides_custom() const { not_computed(); }
c10::SymIntArrayRef PendingTensor::sym_sizes_custom() const { not_computed(); }
c10::SymIntArrayRef PendingTensor::sym_strides_custom() const { not_computed(); }
std::int64_t PendingTensor::numel_custom() const { not_computed(); }
c10::SymInt PendingTensor::sym_numel_custom() const { not_computed(); }
std::int64_t PendingTensor::dim_custom() const { not_computed(); }
c10::SymBool PendingTensor::sym_is_contiguous_custom(c10::MemoryFormat) const { not_computed(); }

void resolve(c10::IValue& value) {
  value = replaced(value, [](const at::Tensor& tensor) -> c10::IValue {
    const at::Tensor& computed = PendingTensor::of(tensor)->value;
    if (!computed.defined()) not_computed();  // of a job that was ended before it came to this
    return computed;
  });
}

void check_pending(const c10::IValue& value, const Job& job) {
  replaced(value, [&](const at::Tensor& tensor) -> c10::IValue {
    if (PendingTensor::of(tensor)->job != &job) not_computed();
    return tensor;
  });
}

}  // namespace tsorch
