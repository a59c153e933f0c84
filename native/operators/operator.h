// Operators of the loaded libtorch, called through their schemas.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>

#include <vector>

#include "../environment.h"

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
  kUnsupported
};

struct Parameter {
  Kind kind;
  std::size_t list_size;  // the 2 of int[2], to which one number is broadcast; 0 when any length goes
  const c10::Argument* argument;
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Parameter> parameters;
};

/// Looks an overload up and describes it; its place in Environment::operators is its id.
void find_operator(Environment& environment, FrameReader& in, FrameWriter& out);

/// Calls an operator: its id, then its arguments in the schema's order.
void invoke(Environment& environment, FrameReader& in, FrameWriter& out);

/// The names of every overload that the dispatcher knows, "aten::add.Tensor".
void operator_names(Environment& environment, FrameReader& in, FrameWriter& out);

/// Reads one argument as the schema wants it.
c10::IValue read_argument(FrameReader& in, const Parameter& parameter);

/// Writes one result, whatever its type.
void write_result(FrameWriter& out, c10::IValue value);

}  // namespace tsorch
