// The numbers that options and step counters are in an optimizer's arithmetic.
#pragma once

#include <ATen/ATen.h>

#include "../frame.h"

namespace tsorch::optim {

/// A double, or a tensor of one element: its arithmetic then rounds to its dtype, and autograd may follow it, as in
/// Python, where an option may be either.
class Number {
 public:
  Number(double value) : value_(value) {}  // NOLINT: what is a number converts
  explicit Number(const at::Tensor& tensor) : tensor_(tensor.dim() == 0 ? tensor : tensor.squeeze()) {}
  static Number read(FrameReader& in);

  bool is_tensor() const { return tensor_.defined(); }
  bool requires_grad() const { return is_tensor() && tensor_.requires_grad(); }
  const at::Tensor& tensor() const { return tensor_; }
  double value() const { return is_tensor() ? tensor_.item<double>() : value_; }
  /// @throws TypeError for a tensor that autograd follows: a scalar would lose its gradient
  at::Scalar scalar() const;
  /// The tensor itself, or the number as operators take Python's: with no say in the dtype, and unrounded.
  at::Tensor operand() const;

  bool is_zero() const { return value() == 0; }
  Number sqrt() const;

 private:
  double value_ = 0;
  at::Tensor tensor_;
};

Number operator-(const Number& x);
Number operator+(const Number& x, const Number& y);
Number operator-(const Number& x, const Number& y);
Number operator*(const Number& x, const Number& y);
Number operator/(const Number& x, const Number& y);
Number pow(const Number& base, const Number& exponent);

}  // namespace tsorch::optim
