#include <ATen/ScalarOps.h>
#include <c10/util/Exception.h>

#include "operator.h"

namespace tsorch {

namespace {

bool is_number(Tag tag) {
  return tag == Tag::kInteger || tag == Tag::kFloat || tag == Tag::kBoolean || tag == Tag::kComplex ||
         tag == Tag::kBigInt || tag == Tag::kObject;  // an object: an integer that no int64 holds
}

template <typename Element, typename Read>
c10::List<Element> read_list(Arguments& arguments, const Parameter& parameter, Read read) {
  c10::List<Element> result;
  if (!arguments.has_list()) {
    const Element value = read();
    for (std::size_t i = 0; i < std::max<std::size_t>(parameter.list_size, 1); i++) result.push_back(value);
    return result;
  }
  const std::size_t count = arguments.list_length();
  result.reserve(count);
  for (std::size_t i = 0; i < count; i++) result.push_back(read());
  return result;
}

c10::List<std::int64_t> read_integers(Arguments& arguments, const Parameter& parameter) {
  if (!arguments.has_list()) {
    return read_list<std::int64_t>(arguments, parameter, [&] { return arguments.in().integer(); });
  }
  std::size_t place = 0;
  return read_list<std::int64_t>(arguments, parameter,
                                 [&] { return read_integer_element(arguments.in(), parameter, place++); });
}

c10::IValue read_scalar_list(Arguments& arguments) {
  c10::impl::GenericList result(c10::NumberType::get());
  const std::size_t count = arguments.list_length();
  for (std::size_t i = 0; i < count; i++) result.push_back(arguments.in().scalar());
  return result;
}

c10::IValue read_any(FrameReader& in);

/// A list is one of its elements' type.
c10::IValue read_any_list(FrameReader& in) {
  const std::int64_t count = in.list();
  std::vector<c10::IValue> values;
  for (std::int64_t i = 0; i < count; i++) values.push_back(read_any(in));
  const c10::TypePtr type = values.empty() ? c10::TensorType::get() : values.front().type();
  c10::impl::GenericList result(type->kind() == c10::TypeKind::TensorType ? c10::TensorType::get() : type);
  for (c10::IValue& value : values) {
    TORCH_CHECK_TYPE(value.type()->isSubtypeOf(*result.elementType()),
                     "a list for a parameter of type Any has elements of one type");
    result.push_back(std::move(value));
  }
  return result;
}

/// A value of whatever type it is.
c10::IValue read_any(FrameReader& in) {
  switch (in.peek()) {
    case Tag::kNone:
    case Tag::kNotGiven:
      in.none();
      return {};
    case Tag::kTensor:
      return in.tensor();
    case Tag::kBoolean:
      return in.boolean();
    case Tag::kFloat:
      return in.number();
    case Tag::kComplex:
      return in.scalar().toComplexDouble();
    case Tag::kString:
      return in.string();
    case Tag::kDevice:
      return in.device();
    case Tag::kGenerator:
      return in.generator();
    case Tag::kList:
      return read_any_list(in);
    default:
      return in.integer();
  }
}

}  // namespace

at::Tensor read_tensor(FrameReader& in) {
  if (!is_number(in.peek())) return in.tensor();
  at::Tensor tensor = c10::scalar_to_tensor(in.scalar());
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  return tensor;
}

std::int64_t read_integer_element(FrameReader& in, const Parameter& parameter, std::size_t place) {
  try {
    return in.integer();
  } catch (const c10::ValueError& error) {
    TORCH_CHECK_TYPE(false, "argument '", parameter.argument->name(), "' failed to unpack the object at pos ",
                     place + 1, " with error \"", error.what_without_backtrace(), "\"");
  }
}

Arguments::Arguments(FrameReader& in, const Operator& op) : in_(in), op_(op), given_(in.raw()), gathered_(in.raw()) {
  elements_ = given_ - std::min(given_, gathered_);
  given_ -= elements_ > 0 ? elements_ - 1 : 0;
}

const Parameter& Arguments::advance() { return op_.parameters[place_++]; }

bool Arguments::is_given() {
  if (place_ > given_) return false;
  if (is_gathered() || in_.peek() != Tag::kNotGiven) return true;
  in_.none();
  return false;
}

const c10::IValue& Arguments::default_of(const Parameter& parameter) const {
  const auto& value = parameter.argument->default_value();
  TORCH_CHECK_TYPE(value.has_value(), "missing required argument '", parameter.argument->name(), "'");
  return *value;
}

bool Arguments::has_list() const { return is_gathered() || in_.peek() == Tag::kList; }

std::size_t Arguments::list_length() {
  if (!is_gathered()) return in_.list();
  return elements_;
}

c10::IValue Arguments::next() {
  const Parameter& parameter = advance();
  if (!is_given()) return default_of(parameter);
  FrameReader& in = in_;
  if (!is_gathered() && in.none()) return c10::IValue();
  switch (parameter.kind) {
    case Kind::kTensor:
      return read_tensor(in);
    case Kind::kTensorList:
      return read_list<at::Tensor>(*this, parameter, [&] { return in.tensor(); });
    case Kind::kOptionalTensorList:
      return read_list<std::optional<at::Tensor>>(*this, parameter, [&]() -> std::optional<at::Tensor> {
        if (in.none()) return std::nullopt;
        return in.tensor();
      });
    case Kind::kScalar:
      return in.scalar();
    case Kind::kScalarList:
      return read_scalar_list(*this);
    case Kind::kInt:
      return in.integer();
    case Kind::kIntList:
      return read_integers(*this, parameter);
    case Kind::kFloat:
      return in.number();
    case Kind::kFloatList:
      return read_list<double>(*this, parameter, [&] { return in.number(); });
    case Kind::kBool:
      return in.boolean();
    case Kind::kBoolList:
      return read_list<bool>(*this, parameter, [&] { return in.boolean(); });
    case Kind::kComplex:
      return in.scalar().toComplexDouble();
    case Kind::kString:
      return in.string();
    case Kind::kStringList:
      return read_list<std::string>(*this, parameter, [&] { return in.string(); });
    case Kind::kDevice:
      return in.device();
    case Kind::kGenerator:
      return in.generator();
    case Kind::kAny:
      return read_any(in);
    case Kind::kUnsupported:
      break;
  }
  TORCH_CHECK_TYPE(false, "argument '", parameter.argument->name(), "' of type ", parameter.argument->type()->str(),
                   " cannot be given from JavaScript");
}

void write_result(FrameWriter& out, c10::IValue value) {
  if (value.isTensor()) return out.tensor(std::move(value).toTensor());
  if (value.isNone()) return out.none();
  if (value.isInt()) return out.integer(value.toInt());
  if (value.isDouble()) return out.number(value.toDouble());
  if (value.isBool()) return out.boolean(value.toBool());
  if (value.isComplexDouble()) return out.complex(value.toComplexDouble());
  if (value.isString()) return out.string(value.toStringRef());
  if (value.isDevice()) return out.device(value.toDevice());
  if (value.isGenerator()) return out.generator(value.toGenerator());
  if (value.isTensorList()) return out.tensors(value.toTensorVector());
  if (value.isSymInt()) return out.integer(value.toSymInt().guard_int(__FILE__, __LINE__));
  if (value.isIntList()) return out.integers(value.toIntVector());
  const bool tuple = value.isTuple();
  TORCH_CHECK(tuple || value.isList(), "a result of type ", value.tagKind(), " has no JavaScript counterpart");
  const std::vector<c10::IValue> elements = tuple ? std::vector<c10::IValue>(value.toTupleRef().elements().vec())
                                                  : std::vector<c10::IValue>(value.toListRef().vec());
  out.list(elements.size());
  for (const c10::IValue& element : elements) write_result(out, element);
}

}  // namespace tsorch
