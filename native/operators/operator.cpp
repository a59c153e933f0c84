#include "operator.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/jit_type.h>
#include <c10/util/Exception.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>

#include "../async/job.h"
#include "placement.h"

namespace tsorch {

namespace {

Kind kind_of_element(const c10::Type& type, bool list) {
  switch (type.kind()) {
    case c10::TypeKind::TensorType:
      return list ? Kind::kTensorList : Kind::kTensor;
    case c10::TypeKind::NumberType:
      return list ? Kind::kScalarList : Kind::kScalar;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      return list ? Kind::kIntList : Kind::kInt;
    case c10::TypeKind::FloatType:
      return list ? Kind::kFloatList : Kind::kFloat;
    case c10::TypeKind::BoolType:
      return list ? Kind::kBoolList : Kind::kBool;
    case c10::TypeKind::StringType:
      return list ? Kind::kStringList : Kind::kString;
    case c10::TypeKind::ComplexType:
      return list ? Kind::kUnsupported : Kind::kComplex;
    case c10::TypeKind::DeviceObjType:
      return list ? Kind::kUnsupported : Kind::kDevice;
    case c10::TypeKind::GeneratorType:
      return list ? Kind::kUnsupported : Kind::kGenerator;
    case c10::TypeKind::AnyType:
      return list ? Kind::kUnsupported : Kind::kAny;
    default:
      return Kind::kUnsupported;
  }
}

c10::TypePtr without_optional(const c10::TypePtr& type) {
  const auto optional = type->cast<c10::OptionalType>();
  return optional ? optional->getElementType() : type;
}

Kind kind_of(const c10::Argument& argument) {
  const c10::TypePtr type = without_optional(argument.type());
  const auto list = type->cast<c10::ListType>();
  if (!list) return kind_of_element(*type, false);
  const c10::TypePtr element = list->getElementType();
  if (element->kind() == c10::TypeKind::OptionalType) return Kind::kOptionalTensorList;
  return kind_of_element(*element, true);
}

/// `Tensor(a!)`
bool is_written(const c10::Argument& argument) {
  return argument.alias_info() != nullptr && argument.alias_info()->isWrite();
}

/// Whether a call may move what it writes to; pointwise operators in place only fill it.
bool may_move(const c10::OperatorHandle& handle, const c10::Argument& argument) {
  return is_written(argument) && (argument.kwarg_only() || !handle.hasTag(at::Tag::pointwise));
}

/// The argument that a result is (`Tensor(a!)`), or -1.
std::int64_t written_argument(const c10::FunctionSchema& schema, const c10::Argument& result) {
  if (!is_written(result)) return -1;
  const auto& arguments = schema.arguments();
  for (std::size_t i = 0; i < arguments.size(); i++) {
    if (is_written(arguments[i]) && arguments[i].alias_info()->beforeSets() == result.alias_info()->beforeSets()) {
      return static_cast<std::int64_t>(i);
    }
  }
  return -1;
}

bool is_tensor(Kind kind) {
  return kind == Kind::kTensor || kind == Kind::kTensorList || kind == Kind::kOptionalTensorList;
}

/// Whether it makes a tensor of no others: it has a `device`, and its tensors only say what to make.
bool makes_tensors(const std::string& name, const std::vector<Parameter>& parameters) {
  const auto any = [&](auto&& test) { return std::any_of(parameters.begin(), parameters.end(), test); };
  if (!any([](const Parameter& each) { return each.kind == Kind::kDevice; })) return false;
  const bool follows_tensors = name.ends_with("_like") || name == "aten::linspace" || name == "aten::logspace";
  return follows_tensors || !any([](const Parameter& each) { return is_tensor(each.kind); });
}

/// Boxed calls of one nesting level share a stack; a hook inside a kernel may start the next level.
class StackLease {
 public:
  explicit StackLease(Environment& environment) : environment_(environment) {
    if (environment.depth == environment.stacks.size()) environment.stacks.emplace_back();
    level_ = environment.depth++;
  }
  ~StackLease() {
    stack().clear();
    environment_.depth--;
  }
  StackLease(const StackLease&) = delete;
  StackLease& operator=(const StackLease&) = delete;
  torch::jit::Stack& stack() { return environment_.stacks[level_]; }

 private:
  Environment& environment_;
  std::size_t level_;
};

void call_boxed(const Operator& op, torch::jit::Stack& stack) {
  if (op.check != nullptr) op.check(op, stack);
  if (op.repair != nullptr) op.repair(stack);
  if (op.written.empty()) return op.handle.callBoxed(&stack);
  const KeptPlacements kept(op, stack);
  try {
    op.handle.callBoxed(&stack);
    kept.check();
  } catch (...) {
    kept.restore();
    throw;
  }
}

/// A transform of torch.func goes through autograd again, and finds no derivative of a tensor that was only looked at.
void forget_history(torch::jit::Stack& results) {
  for (c10::IValue& result : results) {
    if (result.isTensor() && result.toTensor().requires_grad())
      result = torch::autograd::make_variable(std::move(result).toTensor(), false);
  }
}

/// What fills a new tensor is no change in place: its version stays 0, as in Python.
class BelowAutograd {
 public:
  explicit BelowAutograd(const Operator& op) {
    if (op.makes_tensors) guard_.emplace();
  }

 private:
  std::optional<at::AutoDispatchBelowADInplaceOrView> guard_;
};

void run(const Operator& op, torch::jit::Stack& stack) {
  const BelowAutograd below(op);
  if (op.reads_elements) check_sparse_arguments(stack);
  call_boxed(op, stack);
  if (op.makes_tensors) forget_history(stack);
}

/// Writes a call down instead of running it: see async/job.h.
void write_down(Environment& environment, const Operator& op, Arguments& arguments, FrameWriter& out) {
  Job& job = *environment.recording;
  torch::jit::Stack stack;
  for (std::size_t i = 0; i < op.parameters.size(); i++) stack.push_back(arguments.next());
  std::vector<Job::Result> results;
  const auto& returns = op.handle.schema().returns();
  for (std::size_t i = 0; i < returns.size(); i++) {
    const bool known = op.is_argument[i];
    TORCH_CHECK(known || returns[i].type()->kind() == c10::TypeKind::TensorType, op.handle.schema().name(), "() gives ",
                returns[i].type()->str(), ", which is not known before it has run: in torch.run_async ",
                "trace the function with torch.jit.trace and run that");
    results.push_back(known ? Job::Result() : job.pending(stack));
  }
  job.add([&op, owner = environment.operators](torch::jit::Stack& given) { run(op, given); }, std::move(stack),
          results);
  for (const Job::Result& each : results) {
    if (const auto* tensor = std::get_if<at::Tensor>(&each)) {
      out.tensor(*tensor);
    } else {
      out.none();
    }
  }
}

}  // namespace

void find_operator(Environment& environment, FrameReader& in, FrameWriter& out) {
  const std::string name = in.string();
  const std::string overload = in.string();
  const auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
  if (!handle) return out.none();
  Operator& op = environment.operators->emplace_back(Operator{*handle,
                                                              {},
                                                              find_direct_call({name, overload}),
                                                              false,
                                                              {},
                                                              find_check({name, overload}),
                                                              false,
                                                              {},
                                                              find_repair({name, overload})});
  const c10::FunctionSchema& schema = op.handle.schema();
  for (const c10::Argument& argument : schema.arguments()) {
    if (may_move(*handle, argument)) op.written.push_back(op.parameters.size());
    op.reads_elements |= is_written(argument);
    op.parameters.push_back({kind_of(argument), static_cast<std::size_t>(argument.N().value_or(0)), &argument});
  }
  op.makes_tensors = makes_tensors(name, op.parameters);
  out.list(4);
  out.integer(static_cast<std::int64_t>(environment.operators->size()) - 1);
  out.string(c10::toString(schema));
  out.list(schema.arguments().size());
  for (const c10::Argument& argument : schema.arguments()) {
    out.list(2);
    out.string(argument.name());
    out.boolean(argument.default_value().has_value());
  }
  out.list(schema.returns().size());
  for (const c10::Argument& result : schema.returns()) {
    const std::int64_t argument = written_argument(schema, result);
    op.is_argument.push_back(argument >= 0);
    op.reads_elements |= result.alias_info() == nullptr && result.type()->kind() != c10::TypeKind::IntType;
    out.list(2);
    out.integer(argument);
    out.string(result.real_type()->str());
  }
}

void invoke(Environment& environment, FrameReader& in, FrameWriter& out) {
  const std::size_t id = in.raw();
  TORCH_CHECK(id < environment.operators->size(), "unknown operator id");
  const Operator& op = (*environment.operators)[id];
  Arguments arguments(in, op);
  if (environment.recording != nullptr) [[unlikely]]
    return write_down(environment, op, arguments, out);
  if (op.direct != nullptr) {
    const BelowAutograd below(op);
    const HandleTable::Borrowing borrowing(environment.handles);
    return op.direct(arguments, out);
  }
  StackLease lease(environment);
  for (std::size_t i = 0; i < op.parameters.size(); i++) lease.stack().push_back(arguments.next());
  run(op, lease.stack());
  for (std::size_t i = 0; i < lease.stack().size(); i++) {
    if (op.is_argument[i]) {
      out.none();
    } else {
      write_result(out, std::move(lease.stack()[i]));
    }
  }
}

void operator_names(Environment&, FrameReader&, FrameWriter& out) {
  const auto names = c10::Dispatcher::singleton().getAllOpNames();
  out.list(names.size());
  for (const c10::OperatorName& name : names) out.string(c10::toString(name));
}

}  // namespace tsorch
