// What the nodes of libtorch's graph save, under Python's names: `_saved_self`, `_raw_saved_self`.
#include "../environment.h"

#include <torch/csrc/autograd/generated/Functions.h>

#include <set>
#include <typeinfo>

#include "../errors.h"
#include "function_node.h"
#include "saved_hooks.h"

namespace tsorch {

namespace {

using torch::autograd::Node;
using torch::autograd::SavedVariable;

/// Where a field goes, and whose it is.
struct To {
  Environment& environment;
  FrameWriter& out;
  const NodePtr& node;
};

// Writes what a field holds as Python shows it.

/// Python counts from 0: -1 is 2**64 - 1.
void show(std::int64_t value, const To& to) {
  if (value >= 0) return to.out.integer(value);
  to.out.object(Napi::BigInt::New(to.environment.env(), static_cast<std::uint64_t>(value)));
}
void show(bool value, const To& to) { to.out.boolean(value); }
void show(double value, const To& to) { to.out.number(value); }
void show(const std::string& value, const To& to) { to.out.string(value); }
void show(const at::Scalar& value, const To& to) { to.out.scalar(value); }
void show(const c10::SymInt& value, const To& to) { show(value.expect_int(), to); }

/// Kinds that Python does not show: dtypes, layouts, geometries.
template <typename T>
constexpr bool kShown = false;
template <>
constexpr bool kShown<std::int64_t> = true;
template <>
constexpr bool kShown<bool> = true;
template <>
constexpr bool kShown<double> = true;
template <>
constexpr bool kShown<std::string> = true;
template <>
constexpr bool kShown<at::Scalar> = true;
template <>
constexpr bool kShown<c10::SymInt> = true;
template <typename T>
constexpr bool kShown<std::vector<T>> = kShown<T>;
template <typename T>
constexpr bool kShown<std::optional<T>> = kShown<T> && !std::is_same_v<T, bool>;
template <typename T>
constexpr bool kShown<c10::OptionalArray<T>> = kShown<T>;

template <typename T>
void show(const std::vector<T>& values, const To& to) {
  to.out.list(values.size());
  for (const T& value : values) show(value, to);
}
template <typename T>
void show(const std::optional<T>& value, const To& to) {
  value ? show(*value, to) : to.out.none();
}
template <typename T>
void show(const c10::OptionalArray<T>& values, const To& to) {
  show(values.list, to);
}

void check_kept(bool released) { TORCH_CHECK(!released, torch::autograd::ERR_BACKWARD_TWICE); }

/// What a node saves under one name, by kind of node.
struct Field {
  const std::type_info* node;
  const char* member;                            // a tensor's name ends in '_'
  void (*show)(const To&);                       // nullptr for tensors, and for what Python does not show
  std::vector<SavedVariable*> (*places)(Node&);  // nullptr for what is no tensor
  bool is_list = false;                          // of tensors

  bool is_known() const { return show != nullptr || places != nullptr; }

  std::string_view name() const {
    const std::string_view name = member;
    return places == nullptr ? name : name.substr(0, name.size() - 1);
  }
};

template <typename N, auto Member>
constexpr Field field(const char* member) {
  using T = std::remove_cvref_t<decltype(std::declval<N&>().*Member)>;
  Field made{&typeid(N), member, nullptr, nullptr};
  if constexpr (kShown<T>) {
    made.show = [](const To& to) { tsorch::show(static_cast<N&>(*to.node).*Member, to); };
  }
  if constexpr (std::is_same_v<T, SavedVariable>) {
    made.places = [](Node& node) { return std::vector<SavedVariable*>{&(static_cast<N&>(node).*Member)}; };
  }
  return made;
}

template <typename N, auto Member, auto Released>
constexpr Field tensors(const char* member) {
  return {&typeid(N), member, nullptr,
          [](Node& node) {
            check_kept(static_cast<N&>(node).*Released);
            std::vector<SavedVariable*> places;
            for (SavedVariable& place : static_cast<N&>(node).*Member) places.push_back(&place);
            return places;
          },
          true};
}

using namespace torch::autograd::generated;  // NOLINT: the list names hundreds of them

#define TSORCH_FIELD(N, M) field<N, &N::M>(#M),
#define TSORCH_TENSORS(N, M) tensors<N, &N::M, &N::M##released_>(#M),
const Field kFields[] = {
#include "saved_fields.inc"
};
#undef TSORCH_FIELD
#undef TSORCH_TENSORS

const Field* find(const Node& node, std::string_view name) {
  for (const Field& field : kFields) {
    if (field.is_known() && field.name() == name && *field.node == typeid(node)) return &field;
  }
  return nullptr;
}

/// Where a node keeps the tensors of a name; of a custom function's there is one, `tensors`.
std::vector<SavedVariable*> places_of(Node& node, const std::string& name) {
  if (auto* function = dynamic_cast<FunctionNode*>(&node); function != nullptr && name == "tensors") {
    return function->places();
  }
  const Field* field = find(node, name);
  TORCH_CHECK(field != nullptr && field->places != nullptr, node.name(), " saves no tensor ", name);
  return field->places(node);
}

struct Place {
  explicit Place(FrameReader& in) : node(in.node()) {
    const std::string name = in.string();
    saved = places_of(*node, name).at(in.integer());
  }

  NodePtr node;
  SavedVariable* saved;
};

}  // namespace

void saved_field_names(Environment&, FrameReader&, FrameWriter& out) {
  std::set<std::string_view> names;
  for (const Field& field : kFields) {
    if (field.is_known()) names.insert(field.name());
  }
  out.list(names.size());
  for (const std::string_view name : names) out.string(std::string(name));
}

void saved_field(Environment& environment, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  const Field* field = find(*node, in.string());
  if (field == nullptr) return out.none();
  std::vector<at::Tensor> tensors;  // unpacked first: hooks that do it are JavaScript, and use the frame
  if (field->places != nullptr) {
    for (const SavedVariable* place : field->places(*node)) tensors.push_back(place->unpack(node));
  }
  out.list(1);
  if (field->show != nullptr) return field->show({environment, out, node});
  field->is_list ? out.tensors(tensors) : out.tensor(tensors.front());
}

void saved_places(Environment&, FrameReader& in, FrameWriter& out) {
  const NodePtr node = in.node();
  const std::string name = in.string();
  const Field* field = find(*node, name);
  const bool of_function = dynamic_cast<const FunctionNode*>(&*node) != nullptr && name == "tensors";
  if (!of_function && (field == nullptr || field->places == nullptr)) return out.none();
  const std::size_t count = places_of(*node, name).size();
  out.list(2);
  out.integer(static_cast<std::int64_t>(count));
  out.boolean(of_function || field->is_list);
}

void saved_register_hooks(Environment& environment, FrameReader& in, FrameWriter&) {
  const Place place(in);
  place.saved->register_hooks(read_saved_hooks(environment, in));
}

void saved_data(Environment&, FrameReader& in, FrameWriter& out) {
  out.tensor(Place(in).saved->get_raw_data().value_or(at::Tensor()));
}

void saved_unpack(Environment&, FrameReader& in, FrameWriter& out) {
  const Place place(in);
  out.tensor(place.saved->unpack(place.node));
}

}  // namespace tsorch
