// Direct calls of the operators that small models spend their time in: without the boxing of arguments and results,
// which costs 30 to 100 ns a call (docs/performance.md). The boxed call is the general path, and does the same.
#include <ATen/Operators.h>
#include <c10/util/MaybeOwned.h>
#include <c10/util/SmallVector.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "operator.h"

namespace tsorch {

namespace {

using at::Tensor;

// How each C++ type of a kernel's parameters is held, read from the frame, and taken from the schema's default.

template <typename T>
struct Value;

template <>
struct Value<Tensor> {
  static Tensor read(Arguments& arguments, const Parameter&) { return read_tensor(arguments.in()); }
  static Tensor from(const c10::IValue& value) { return value.toTensor(); }
};

/// Borrowed from the handle table (native/handle_table.h), which keeps it while the call runs.
using Borrowed = c10::MaybeOwned<Tensor>;

template <>
struct Value<Borrowed> {
  static Borrowed read(Arguments& arguments, const Parameter&) {
    if (arguments.in().peek() == Tag::kTensor) return Borrowed::borrowed(arguments.in().tensor());
    return Borrowed::owned(read_tensor(arguments.in()));
  }
  static Borrowed from(const c10::IValue& value) { return Borrowed::owned(Tensor(value.toTensor())); }
};

template <>
struct Value<c10::Scalar> {
  static c10::Scalar read(Arguments& arguments, const Parameter&) { return arguments.in().scalar(); }
  static c10::Scalar from(const c10::IValue& value) { return value.toScalar(); }
};

template <>
struct Value<std::int64_t> {
  static std::int64_t read(Arguments& arguments, const Parameter&) { return arguments.in().integer(); }
  static std::int64_t from(const c10::IValue& value) { return value.toInt(); }
};

template <>
struct Value<c10::SymInt> {
  static c10::SymInt read(Arguments& arguments, const Parameter&) { return arguments.in().integer(); }
  static c10::SymInt from(const c10::IValue& value) { return value.toInt(); }
};

template <>
struct Value<double> {
  static double read(Arguments& arguments, const Parameter&) { return arguments.in().number(); }
  static double from(const c10::IValue& value) { return value.toDouble(); }
};

template <>
struct Value<bool> {
  static bool read(Arguments& arguments, const Parameter&) { return arguments.in().boolean(); }
  static bool from(const c10::IValue& value) { return value.toBool(); }
};

template <>
struct Value<c10::Device> {
  static c10::Device read(Arguments& arguments, const Parameter&) { return arguments.in().device(); }
  static c10::Device from(const c10::IValue& value) { return value.toDevice(); }
};

template <>
struct Value<std::string> {
  static std::string read(Arguments& arguments, const Parameter&) { return arguments.in().string(); }
  static std::string from(const c10::IValue& value) { return value.toStringRef(); }
};

/// Dtypes, layouts and memory formats come as their numbers.
template <typename Code>
struct CodeValue {
  static Code read(Arguments& arguments, const Parameter&) { return static_cast<Code>(arguments.in().integer()); }
  static Code from(const c10::IValue& value) { return static_cast<Code>(value.toInt()); }
};
template <>
struct Value<at::ScalarType> : CodeValue<at::ScalarType> {};
template <>
struct Value<at::Layout> : CodeValue<at::Layout> {};
template <>
struct Value<at::MemoryFormat> : CodeValue<at::MemoryFormat> {};

template <typename T>
struct Value<std::optional<T>> {
  static std::optional<T> read(Arguments& arguments, const Parameter& parameter) {
    if (!arguments.has_list() && arguments.in().none()) return std::nullopt;
    return Value<T>::read(arguments, parameter);
  }
  static std::optional<T> from(const c10::IValue& value) {
    if (value.isNone()) return std::nullopt;
    return Value<T>::from(value);
  }
};

template <typename Element>
using Elements = c10::SmallVector<Element, 5>;

template <typename Element>
struct Value<Elements<Element>> {
  static Elements<Element> read(Arguments& arguments, const Parameter& parameter) {
    if (!arguments.has_list()) {
      return Elements<Element>(std::max<std::size_t>(parameter.list_size, 1),
                               Value<Element>::read(arguments, parameter));
    }
    Elements<Element> values;
    const std::size_t count = arguments.list_length();
    values.reserve(count);
    for (std::size_t i = 0; i < count; i++) values.push_back(read_element(arguments, parameter, i));
    return values;
  }
  static Element read_element(Arguments& arguments, const Parameter& parameter, std::size_t place) {
    if constexpr (std::is_same_v<Element, std::int64_t> || std::is_same_v<Element, c10::SymInt>) {
      return read_integer_element(arguments.in(), parameter, place);
    } else {
      return Value<Element>::read(arguments, parameter);
    }
  }
  static Elements<Element> from(const c10::IValue& value) {
    Elements<Element> values;
    for (const c10::IValue& each : value.toListRef()) values.push_back(Value<Element>::from(each));
    return values;
  }
};

/// What holds an argument of a kernel's parameter type while the kernel runs.
template <typename T>
struct HeldAs {
  using Type = std::decay_t<T>;
};
template <>
struct HeldAs<const Tensor&> {
  using Type = Borrowed;
};
template <>
struct HeldAs<Tensor&> {
  using Type = Borrowed;
};
template <typename Element>
struct HeldAs<c10::ArrayRef<Element>> {
  using Type = Elements<Element>;
};
template <>
struct HeldAs<at::OptionalIntArrayRef> {
  using Type = std::optional<Elements<std::int64_t>>;
};
template <>
struct HeldAs<at::OptionalSymIntArrayRef> {
  using Type = std::optional<Elements<c10::SymInt>>;
};
template <>
struct HeldAs<const at::ITensorListRef&> {
  using Type = Elements<Tensor>;
};

template <>
struct HeldAs<c10::string_view> {
  using Type = std::string;
};

template <typename T>
using Held = typename HeldAs<T>::Type;

/// The held value as the kernel takes it.
template <typename T>
decltype(auto) pass(Held<T>& held) {
  if constexpr (std::is_same_v<T, at::OptionalIntArrayRef> || std::is_same_v<T, at::OptionalSymIntArrayRef>) {
    return held ? T(*held) : T(std::nullopt);
  } else if constexpr (std::is_same_v<T, const at::ITensorListRef&>) {
    return at::ITensorListRef(at::TensorList(held));
  } else if constexpr (std::is_same_v<Held<T>, Borrowed>) {
    return const_cast<Tensor&>(*held);  // what it refers to is not const
  } else {
    return (held);
  }
}

template <typename T>
Held<T> next(Arguments& arguments) {
  const Parameter& parameter = arguments.advance();
  if (!arguments.is_given()) return Value<Held<T>>::from(arguments.default_of(parameter));
  return Value<Held<T>>::read(arguments, parameter);
}

/// A reference is an argument, which JavaScript knows.
template <typename Result>
void write(FrameWriter& out, Result&& result) {
  if constexpr (std::is_lvalue_reference_v<Result>) {
    out.none();
  } else if constexpr (std::is_same_v<Result, Tensor>) {
    out.tensor(std::move(result));
  } else {
    std::apply([&](auto&&... each) { (out.tensor(std::move(each)), ...); }, std::move(result));
  }
}

/// Whether the result is a view of an argument, whose elements are not looked at.
template <typename Op>
constexpr bool makes_view = std::string_view(Op::schema_str).find("(a)") != std::string_view::npos;

void check_indices_of(const Borrowed& tensor) {
  if (is_any_sparse(*tensor)) [[unlikely]]
    check_sparse_indices(*tensor);
}
void check_indices_of(const Elements<Tensor>& tensors) {
  for (const Tensor& tensor : tensors) {
    if (is_any_sparse(tensor)) [[unlikely]]
      check_sparse_indices(tensor);
  }
}
template <typename Other>
void check_indices_of(const Other&) {}

template <typename Op, typename Result, typename... Ts, std::size_t... I>
void call(Arguments& arguments, FrameWriter& out, Result (*)(Ts...), std::index_sequence<I...>) {
  std::tuple<Held<Ts>...> held{next<Ts>(arguments)...};  // braces: from left to right
  if constexpr (!makes_view<Op>) (check_indices_of(std::get<I>(held)), ...);
  write<Result>(out, Op::call(pass<Ts>(std::get<I>(held))...));
}

template <typename Result, typename... Ts>
constexpr std::size_t arity(Result (*)(Ts...)) {
  return sizeof...(Ts);
}

template <typename Op>
void direct(Arguments& arguments, FrameWriter& out) {
  constexpr auto* kernel = &Op::call;
  call<Op>(arguments, out, kernel, std::make_index_sequence<arity(kernel)>());
}

struct Entry {
  std::string_view name;
  std::string_view overload;
  DirectCall call;
};

template <typename... Ops>
constexpr std::array<Entry, sizeof...(Ops)> entries() {
  return {Entry{Ops::name, Ops::overload_name, &direct<Ops>}...};
}

namespace ops = at::_ops;

/// As C++ and Python have it: the conjugate of a real tensor is that tensor, and the dispatcher is not asked.
struct conj {
  using schema = Tensor(const Tensor&);
  static constexpr const char* name = "aten::conj";
  static constexpr const char* overload_name = "";
  static constexpr const char* schema_str = "conj(Tensor(a) self) -> Tensor(a)";
  static Tensor call(const Tensor& self) { return self.conj(); }
};

constexpr auto kEntries = entries<
    // arithmetic
    ops::add_Tensor, ops::add__Tensor, ops::sub_Tensor, ops::sub__Tensor, ops::mul_Tensor, ops::mul__Tensor,
    ops::div_Tensor, ops::div__Tensor, ops::add_Scalar, ops::sub_Scalar, ops::mul_Scalar, ops::div_Scalar,
    ops::rsub_Scalar, ops::neg, ops::pow_Tensor_Scalar, ops::sqrt, ops::exp, ops::log, ops::abs, ops::addcmul_,
    ops::addcdiv_, ops::lerp__Scalar, ops::clamp, ops::maximum, ops::minimum, conj,
    // comparison
    ops::eq_Tensor, ops::eq_Scalar, ops::ne_Scalar, ops::gt_Scalar, ops::lt_Scalar, ops::ge_Scalar, ops::le_Scalar,
    ops::gt_Tensor, ops::lt_Tensor,
    // products
    ops::matmul, ops::mm, ops::bmm, ops::addmm, ops::linear,
    // shapes
    ops::view, ops::reshape, ops::transpose_int, ops::t, ops::permute, ops::squeeze, ops::squeeze_dim, ops::unsqueeze,
    ops::expand, ops::flatten_using_ints, ops::select_int, ops::slice_Tensor, ops::cat, ops::stack, ops::detach,
    ops::clone, ops::contiguous,
    // reductions
    ops::sum, ops::sum_dim_IntList, ops::mean, ops::mean_dim, ops::max_dim, ops::argmax, ops::gather, ops::index_select,
    // activations, losses
    ops::relu, ops::sigmoid, ops::tanh, ops::gelu, ops::softmax_int, ops::log_softmax_int, ops::mse_loss,
    ops::nll_loss_nd, ops::cross_entropy_loss, ops::smooth_l1_loss,
    // creation
    ops::zeros, ops::ones, ops::zeros_like, ops::scalar_tensor, ops::ones_like, ops::copy_, ops::zero_,
    ops::fill__Scalar>();

}  // namespace

DirectCall find_direct_call(const c10::OperatorName& name) {
  for (const Entry& entry : kEntries) {
    if (entry.name == name.name && entry.overload == name.overload_name) return entry.call;
  }
  return nullptr;
}

}  // namespace tsorch
