// The arguments of one call, read by their names in the operator's schema, and what rules make results with.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/stack.h>

#include <optional>
#include <string_view>
#include <vector>

namespace tsorch::meta {

using at::Tensor;
using Sizes = std::vector<std::int64_t>;
using Results = std::vector<Tensor>;

class Call {
 public:
  Call(const c10::FunctionSchema& schema, const torch::jit::Stack& stack)
      : schema_(schema), values_(torch::jit::last(stack, schema.arguments().size())) {}

  const c10::FunctionSchema& schema() const { return schema_; }

  /// Whether the operator has the parameter and it was given.
  bool has(std::string_view name) const;

  const Tensor& tensor(std::string_view name) const { return value(name).toTensor(); }
  /// The first parameter, whatever its name.
  const Tensor& self() const { return values_[0].toTensor(); }
  /// All tensors that the call reads, in order: those of lists too, those it only writes to (`out`) not.
  std::vector<Tensor> tensors() const;

  std::int64_t integer(std::string_view name) const;
  double number(std::string_view name) const { return value(name).toScalar().toDouble(); }
  bool flag(std::string_view name) const { return value(name).toBool(); }
  bool flag(std::string_view name, std::size_t index) const { return value(name).toBoolList().get(index); }
  std::string_view string(std::string_view name) const { return value(name).toStringView(); }
  /// A list of integers; empty when it was not given. One number for several dimensions is repeated.
  Sizes integers(std::string_view name) const;
  Sizes integers(std::string_view name, std::size_t count) const;
  std::optional<at::ScalarType> dtype(std::string_view name = "dtype") const;

  const c10::IValue& value(std::string_view name) const;
  const c10::IValue& value(std::size_t index) const { return values_[index]; }

 private:
  std::optional<std::size_t> find(std::string_view name) const;

  const c10::FunctionSchema& schema_;
  c10::ArrayRef<c10::IValue> values_;
};

/// A contiguous tensor of these sizes, with the other's dtype unless given.
Tensor sized(const Tensor& like, at::IntArrayRef sizes, std::optional<at::ScalarType> dtype = std::nullopt);
/// Like it in sizes and strides, as `empty_like` makes it.
Tensor alike(const Tensor& like, std::optional<at::ScalarType> dtype = std::nullopt);
/// Like it in sizes, contiguous.
Tensor contiguous_alike(const Tensor& like, std::optional<at::ScalarType> dtype = std::nullopt);
/// Matrices whose columns are contiguous, as LAPACK makes them.
Tensor column_major(const Tensor& like, at::IntArrayRef sizes, std::optional<at::ScalarType> dtype = std::nullopt);
/// Contiguous in the memory format that the other suggests (channels last or plain).
Tensor formatted(const Tensor& like, at::IntArrayRef sizes, const Tensor& format);

/// complex64 for float32, …; a complex dtype is its own.
at::ScalarType complex_of(at::ScalarType dtype);
/// float32 for complex64, …; a real dtype is its own.
at::ScalarType real_of(at::ScalarType dtype);
/// The default dtype for integers and bool; a floating-point or complex dtype is its own.
at::ScalarType float_of(at::ScalarType dtype);
/// int64 for integers and bool; a floating-point or complex dtype is its own.
at::ScalarType long_of(at::ScalarType dtype);

}  // namespace tsorch::meta
