#include "number.h"

#include <ATen/ScalarOps.h>

#include <cmath>

namespace tsorch::optim {

Number Number::read(FrameReader& in) {
  if (in.peek() == Tag::kTensor) return Number(in.tensor());
  return in.number();
}

at::Scalar Number::scalar() const {
  TORCH_CHECK_TYPE(!(requires_grad() && at::GradMode::is_enabled()),
                   "a tensor that requires grad cannot be used as a number here");
  return is_tensor() ? tensor_.item() : at::Scalar(value_);
}

at::Tensor Number::operand() const { return is_tensor() ? tensor_ : at::native::wrapped_scalar_tensor(value_); }

Number Number::sqrt() const {
  return is_tensor() ? Number(tensor_.sqrt()) : Number(std::pow(value_, 0.5));  // as Python's `x ** 0.5`
}

Number operator-(const Number& x) { return x.is_tensor() ? Number(x.tensor().neg()) : Number(-x.value()); }

Number operator+(const Number& x, const Number& y) {
  if (!x.is_tensor() && !y.is_tensor()) return x.value() + y.value();
  return x.is_tensor() ? Number(x.tensor().add(y.operand())) : Number(y.tensor().add(x.operand()));
}

Number operator-(const Number& x, const Number& y) {
  if (!x.is_tensor() && !y.is_tensor()) return x.value() - y.value();
  return x.is_tensor() ? Number(x.tensor().sub(y.operand())) : Number(at::rsub(y.tensor(), x.scalar()));
}

Number operator*(const Number& x, const Number& y) {
  if (!x.is_tensor() && !y.is_tensor()) return x.value() * y.value();
  return x.is_tensor() ? Number(x.tensor().mul(y.operand())) : Number(y.tensor().mul(x.operand()));
}

Number operator/(const Number& x, const Number& y) {
  if (!x.is_tensor() && !y.is_tensor()) return x.value() / y.value();
  return x.is_tensor() ? Number(x.tensor().div(y.operand())) : Number(y.tensor().reciprocal().mul(x.operand()));
}

Number pow(const Number& base, const Number& exponent) {
  if (!base.is_tensor() && !exponent.is_tensor()) return std::pow(base.value(), exponent.value());
  if (!exponent.is_tensor()) return Number(base.tensor().pow(exponent.scalar()));
  if (!base.is_tensor()) return Number(at::pow(base.scalar(), exponent.tensor()));
  return Number(base.tensor().pow(exponent.tensor()));
}

}  // namespace tsorch::optim
