#include "values.h"

#include <ATen/core/enum_type.h>
#include <c10/util/Exception.h>

#include "../operators/operator.h"
#include "program.h"

namespace tsorch {

namespace {

c10::IValue read_list(FrameReader& in, const c10::TypePtr& element) {
  const std::int64_t count = in.list();
  c10::impl::GenericList result(element);
  result.reserve(count);
  for (std::int64_t i = 0; i < count; i++) result.push_back(read_value(in, element));
  return result;
}

c10::IValue read_dict(FrameReader& in, const c10::DictType& type) {
  const std::int64_t count = in.dict();
  c10::impl::GenericDict result(type.getKeyType(), type.getValueType());
  for (std::int64_t i = 0; i < count; i++) {
    c10::IValue key = read_value(in, type.getKeyType());
    result.insert_or_assign(std::move(key), read_value(in, type.getValueType()));
  }
  return result;
}

c10::IValue read_tuple(FrameReader& in, const c10::TupleTypePtr& type) {
  const auto elements = type->elements();
  const std::int64_t count = in.list();
  TORCH_CHECK_TYPE(count == static_cast<std::int64_t>(elements.size()), "expected a tuple of ", elements.size(),
                   " elements, not ", count);
  std::vector<c10::IValue> values;
  for (const c10::TypePtr& element : elements) values.push_back(read_value(in, element));
  return type->schema() ? c10::ivalue::Tuple::createNamed(std::move(values), type)
                        : c10::ivalue::Tuple::create(std::move(values));
}

/// An enumeration's value stands for its member.
c10::IValue read_enum(FrameReader& in, const c10::EnumTypePtr& type) {
  const c10::IValue value = read_value(in, type->getValueType());
  for (const auto& [name, each] : type->enumNamesValues()) {
    if (each == value) return c10::IValue(c10::make_intrusive<c10::ivalue::EnumHolder>(type, name, each));
  }
  TORCH_CHECK_TYPE(false, "no member of ", type->repr_str(), " has that value");
}

/// The first member of the union that the value is.
c10::IValue read_union(FrameReader& in, const c10::UnionType& type) {
  const c10::IValue value = read_inferred(in, Lists::kLists);
  for (const c10::TypePtr& member : type.containedTypes()) {
    if (value.type()->isSubtypeOf(*member)) return value;
    if (member->kind() == c10::TypeKind::FloatType && value.isInt()) return static_cast<double>(value.toInt());
  }
  TORCH_CHECK_TYPE(false, "expected ", type.repr_str(), ", not ", value.type()->repr_str());
}

c10::IValue read_object(FrameReader& in, const c10::Type& type) {
  const c10::IValue object = read_module(in)->module._ivalue();
  TORCH_CHECK_TYPE(object.type()->isSubtypeOf(type), "expected ", type.repr_str(), ", not ", object.type()->repr_str());
  return object;
}

c10::TypePtr common_type(const std::vector<c10::IValue>& values) {
  if (values.empty()) return c10::TensorType::get();
  const auto type_of = [](const c10::IValue& value) {
    return value.isTensor() ? c10::TypePtr(c10::TensorType::get()) : value.type();
  };
  const c10::TypePtr first = type_of(values.front());
  for (const c10::IValue& value : values) {
    if (*type_of(value) != *first) return nullptr;
  }
  return first;
}

c10::IValue infer_list(FrameReader& in, Lists lists) {
  const std::int64_t count = in.list();
  std::vector<c10::IValue> values;
  for (std::int64_t i = 0; i < count; i++) values.push_back(read_inferred(in, lists));
  const c10::TypePtr type = lists == Lists::kTuples ? nullptr : common_type(values);
  if (type == nullptr) return c10::ivalue::Tuple::create(std::move(values));
  c10::impl::GenericList result(type);
  for (c10::IValue& value : values) result.push_back(std::move(value));
  return result;
}

c10::IValue infer_dict(FrameReader& in, Lists lists) {
  const std::int64_t count = in.dict();
  std::vector<c10::IValue> keys, values;
  for (std::int64_t i = 0; i < count; i++) {
    keys.push_back(read_inferred(in, lists));
    values.push_back(read_inferred(in, lists));
  }
  const c10::TypePtr key = keys.empty() ? c10::StringType::get() : common_type(keys);
  const c10::TypePtr value = common_type(values);
  TORCH_CHECK_TYPE(key != nullptr && value != nullptr, "a dict has keys of one type and values of one type");
  c10::impl::GenericDict result(key, value);
  for (std::int64_t i = 0; i < count; i++) result.insert_or_assign(std::move(keys[i]), std::move(values[i]));
  return result;
}

void write_tuple(FrameWriter& out, const c10::ivalue::Tuple& tuple) {
  const auto type = tuple.type<c10::TupleType>();
  const auto& elements = tuple.elements();
  if (!type->schema()) {
    out.list(elements.size());
    for (const c10::IValue& element : elements) write_value(out, element);
    return;
  }
  out.fields(elements.size());
  for (std::size_t i = 0; i < elements.size(); i++) {
    out.string(type->schema()->arguments()[i].name());
    write_value(out, elements[i]);
  }
}

void write_dict(FrameWriter& out, const c10::impl::GenericDict& dict) {
  out.dict(dict.size());
  for (const auto& entry : dict) {
    write_value(out, entry.key());
    write_value(out, entry.value());
  }
}

}  // namespace

c10::IValue read_inferred(FrameReader& in, Lists lists) {
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
      return infer_list(in, lists);
    case Tag::kDict:
      return infer_dict(in, lists);
    case Tag::kPart:
      return read_module(in)->module._ivalue();
    default:
      return in.integer();
  }
}

c10::IValue read_value(FrameReader& in, const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::TensorType:
      return in.tensor();
    case c10::TypeKind::OptionalType:
      if (in.none()) return {};
      return read_value(in, type->expectRef<c10::OptionalType>().getElementType());
    case c10::TypeKind::NoneType:
      TORCH_CHECK_TYPE(in.none(), "expected None, not ", in.type_name());
      return {};
    case c10::TypeKind::IntType:
    case c10::TypeKind::LayoutType:
    case c10::TypeKind::ScalarTypeType:
    case c10::TypeKind::MemoryFormatType:
      TORCH_CHECK_TYPE(in.peek() != Tag::kTensor, "expected int, not Tensor");
      return in.integer();
    case c10::TypeKind::FloatType:
      TORCH_CHECK_TYPE(in.peek() != Tag::kTensor && in.peek() != Tag::kBoolean, "expected float, not ", in.type_name());
      return in.number();
    case c10::TypeKind::BoolType:
      return in.boolean();
    case c10::TypeKind::NumberType:
      return in.scalar();
    case c10::TypeKind::ComplexType:
      return in.scalar().toComplexDouble();
    case c10::TypeKind::StringType:
      return in.string();
    case c10::TypeKind::DeviceObjType:
      return in.device();
    case c10::TypeKind::GeneratorType:
      return in.generator();
    case c10::TypeKind::ListType:
      return read_list(in, type->expectRef<c10::ListType>().getElementType());
    case c10::TypeKind::DictType:
      return read_dict(in, type->expectRef<c10::DictType>());
    case c10::TypeKind::TupleType:
      return read_tuple(in, type->expect<c10::TupleType>());
    case c10::TypeKind::EnumType:
      return read_enum(in, type->expect<c10::EnumType>());
    case c10::TypeKind::UnionType:
      return read_union(in, type->expectRef<c10::UnionType>());
    case c10::TypeKind::ClassType:
    case c10::TypeKind::InterfaceType:
      return read_object(in, *type);
    case c10::TypeKind::AnyType:
      return read_inferred(in, Lists::kLists);
    default:
      TORCH_CHECK_TYPE(false, "a value of type ", type->repr_str(), " cannot be given from JavaScript");
  }
}

void write_value(FrameWriter& out, const c10::IValue& value) {
  if (value.isTuple()) return write_tuple(out, value.toTupleRef());
  if (value.isGenericDict()) return write_dict(out, value.toGenericDict());
  if (value.isEnum()) return write_value(out, value.toEnumHolder()->value());
  if (value.isObject()) return write_module(out, torch::jit::Module(value.toObject()));
  if (!value.isList() || value.isTensorList() || value.isIntList()) return write_result(out, value);
  const auto elements = value.toListRef();
  out.list(elements.size());
  for (const c10::IValue& element : elements) write_value(out, element);
}

}  // namespace tsorch
