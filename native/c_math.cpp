// The functions of C's math library, which are Python's: JavaScript's differ in the last bit of some results.
#include <cmath>
#include <iterator>

#include "environment.h"

namespace tsorch {

namespace {

/// The functions of lib/native/c_math.ts, in the same order.
using Function = double (*)(double, double);
constexpr Function kFunctions[] = {
    [](double x, double y) { return std::pow(x, y); },  //
    [](double x, double) { return std::cos(x); },       //
    [](double x, double) { return std::sin(x); },       //
    [](double x, double) { return std::tan(x); },       //
    [](double x, double) { return std::log(x); },       //
    [](double x, double) { return std::exp(x); },
};

}  // namespace

void c_math(Environment&, FrameReader& in, FrameWriter& out) {
  const auto function = static_cast<std::size_t>(in.integer());
  TORCH_CHECK(function < std::size(kFunctions), "no such function");
  const double x = in.number();
  const double y = in.number();
  out.number(kFunctions[function](x, y));
}

}  // namespace tsorch
