// The arguments of a call by their names.
#pragma once

#include <ATen/ATen.h>
#include <c10/util/Exception.h>

#include <string_view>

#include "../operator.h"

namespace tsorch {

class Named {
 public:
  Named(const Operator& op, const torch::jit::Stack& arguments) : op_(op), arguments_(arguments) {}

  /// An undefined tensor where none is given.
  at::Tensor tensor(std::string_view name) const {
    const c10::IValue& value = find(name);
    return value.isTensor() ? value.toTensor() : at::Tensor();
  }
  at::List<at::Tensor> tensors(std::string_view name) const { return find(name).toTensorList(); }
  c10::DimVector integers(std::string_view name) const { return find(name).toDimVector(); }
  std::int64_t integer(std::string_view name) const { return find(name).toInt(); }
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const {
    const c10::IValue& value = find(name);
    return value.isInt() ? value.toInt() : otherwise;
  }
  bool boolean(std::string_view name) const { return find(name).toBool(); }
  bool has_list(std::string_view name) const { return find(name).isIntList(); }

 private:
  const c10::IValue& find(std::string_view name) const {
    std::size_t place = 0;
    while (op_.parameters[place].argument->name() != name) place++;
    return arguments_[place];
  }

  const Operator& op_;
  const torch::jit::Stack& arguments_;
};

/// The check of an operator's overload.
struct CheckedOperator {
  std::string_view name;
  std::string_view overload;
  ArgumentCheck check;
};

c10::ArrayRef<CheckedOperator> view_checks();
c10::ArrayRef<CheckedOperator> index_checks();
c10::ArrayRef<CheckedOperator> size_checks();

/// The check of the operators of optimizers and of lists of tensors, or null.
ArgumentCheck find_list_check(const c10::OperatorName& name);

}  // namespace tsorch
