// Operators of the loaded libtorch, called through their schemas.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>

#include <vector>

#include "../environment.h"
#include "checks/checks.h"

namespace tsorch {

/// What a schema type asks of an argument.
enum class Kind {
  kTensor,
  kTensorList,
  kOptionalTensorList,
  kScalar,
  kScalarList,
  kInt,
  kIntList,
  kFloat,
  kFloatList,
  kBool,
  kBoolList,
  kComplex,
  kString,
  kStringList,
  kDevice,
  kGenerator,
  kAny,
  kUnsupported
};

struct Parameter {
  Kind kind;
  std::size_t list_size;  // the 2 of int[2], to which one number is broadcast; 0 when any length goes
  const c10::Argument* argument;
};

struct Operator;

/// The arguments of one call, in the schema's order. Those that end the schema may be left out; the last ones given may
/// be the elements of one list (`zeros(2, 3)`).
class Arguments {
 public:
  Arguments(FrameReader& in, const Operator& op);

  /// The next argument as the schema wants it.
  c10::IValue next();

  // What `next` is made of, for direct calls (direct.cpp): advance; when it is given, read it from `in`, or else take
  // its default.
  const Parameter& advance();
  bool is_given();
  const c10::IValue& default_of(const Parameter& parameter) const;
  /// Whether a list comes now, and how many elements it has; they follow.
  bool has_list() const;
  std::size_t list_length();
  FrameReader& in() { return in_; }

 private:
  bool is_gathered() const { return elements_ > 0 && place_ == gathered_ + 1; }

  FrameReader& in_;
  const Operator& op_;
  std::size_t given_;
  std::size_t gathered_;
  std::size_t elements_;
  std::size_t place_ = 0;
};

/// Calls one overload without boxing its arguments.
using DirectCall = void (*)(Arguments& arguments, FrameWriter& out);

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
  DirectCall direct = nullptr;
  bool makes_tensors = false;        // of no others: `ones`
  std::vector<std::size_t> written;  // the arguments that it changes and may move: `Tensor(a!)`
  ArgumentCheck check = nullptr;
  bool reads_elements = false;    // its results are no mere views
  std::vector<bool> is_argument;  // for each result: it is one of the arguments, which JavaScript knows
  ArgumentRepair repair = nullptr;
};

/// Reads a tensor, or a number where a tensor is wanted: it does not take part in type promotion by its own dtype.
at::Tensor read_tensor(FrameReader& in);

/// Reads an element of a list of integers; Python's error names the place of one that does not fit.
std::int64_t read_integer_element(FrameReader& in, const Parameter& parameter, std::size_t place);

/// The direct call of an overload that has one.
DirectCall find_direct_call(const c10::OperatorName& name);

/// Writes one result, whatever its type.
void write_result(FrameWriter& out, c10::IValue value);

}  // namespace tsorch
