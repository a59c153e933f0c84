// The graph of a program with what its values are for example arguments.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/remove_mutation.h>

#include "graph_writer.h"
#include "values.h"

namespace tsorch {

namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Stack;
using torch::jit::Value;

bool changes_memory(const Block& block) {
  for (const Node* node : block.nodes()) {
    const auto* schema = node->maybeSchema();
    if (schema != nullptr && schema->is_mutable()) return true;
    for (const Block* inner : node->blocks()) {
      if (changes_memory(*inner)) return true;
    }
  }
  return false;
}

/// Runs a graph node by node, and gives its values the types of the tensors that they are. Sizes that a loop changes,
/// or in which branches differ, are left open.
class ExampleRun {
 public:
  void set(const Value* value, c10::IValue given) {
    // libtorch keeps the type of a value in the graph, through which alone it may be changed.
    if (given.isTensor() && given.toTensor().defined()) note(const_cast<Value*>(value), given.toTensor());
    values_[value] = std::move(given);
  }

  void run(const Block& block) {
    for (const Node* node : block.nodes()) this->node(*node);
  }

 private:
  void note(Value* value, const at::Tensor& tensor) {
    const auto type = c10::TensorType::create(tensor);
    const auto [found, is_new] = types_.try_emplace(value, type);
    if (!is_new) found->second = found->second->merge(*type);
    value->setType(found->second);
  }

  const c10::IValue& get(const Value* value) const { return values_.at(value); }

  void node(const Node& node) {
    switch (node.kind()) {
      case c10::prim::Constant: {
        auto constant = torch::jit::toIValue(node.output());
        return set(node.output(), constant ? std::move(*constant) : c10::IValue());
      }
      case c10::prim::If:
        return branches(node);
      case c10::prim::Loop:
        return loop(node);
      default:
        return operation(node);
    }
  }

  void operation(const Node& node) {
    Stack stack;
    for (const Value* input : node.inputs()) stack.push_back(get(input));
    switch (node.kind()) {
      case c10::prim::ListConstruct:
        stack = {list_of(stack, *node.output()->type()->expect<c10::ListType>())};
        break;
      case c10::prim::TupleConstruct:
        stack = {c10::ivalue::Tuple::create(std::move(stack))};
        break;
      case c10::prim::DictConstruct:
        stack = {dict_of(stack, *node.output()->type()->expect<c10::DictType>())};
        break;
      case c10::prim::ListUnpack:
        stack = stack.at(0).toList().vec();
        break;
      case c10::prim::TupleUnpack:
        stack = Stack(stack.at(0).toTupleRef().elements().vec());
        break;
      case c10::prim::Uninitialized:
        stack.emplace_back();
        break;
      default:
        TORCH_CHECK(node.maybeOperator() != nullptr, node.kind().toQualString(), " is no operator");
        if (node.schema().is_vararg()) stack.emplace_back(static_cast<std::int64_t>(stack.size()));
        node.getOperation()(stack);
    }
    const std::size_t count = node.outputs().size();
    TORCH_CHECK(stack.size() >= count, node.kind().toQualString(), " gives fewer values than it has results");
    const std::size_t first = stack.size() - count;
    for (std::size_t i = 0; i < count; i++) set(node.outputs()[i], stack[first + i]);
  }

  static c10::IValue list_of(const Stack& items, const c10::ListType& type) {
    c10::impl::GenericList list(type.getElementType());
    for (const c10::IValue& item : items) list.push_back(item);
    return list;
  }

  static c10::IValue dict_of(const Stack& items, const c10::DictType& type) {
    c10::impl::GenericDict dict(type.getKeyType(), type.getValueType());
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) dict.insert_or_assign(items[i], items[i + 1]);
    return dict;
  }

  /// Also the branch that is not taken, for the types of its values: what it cannot compute has none.
  void branches(const Node& node) {
    const bool condition = get(node.input()).toBool();
    const Block& taken = *node.blocks()[condition ? 0 : 1];
    const Block& other = *node.blocks()[condition ? 1 : 0];
    if (attempt(other)) results(node, other);
    run(taken);
    results(node, taken);
  }

  void results(const Node& node, const Block& block) {
    for (std::size_t i = 0; i < node.outputs().size(); i++) set(node.outputs()[i], get(block.outputs()[i]));
  }

  bool attempt(const Block& block) {
    if (changes_memory(block)) return false;
    try {
      run(block);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  void loop(const Node& node) {
    const Block& body = *node.blocks()[0];
    const std::int64_t most = get(node.inputs()[0]).toInt();
    bool goes_on = get(node.inputs()[1]).toBool();
    std::vector<c10::IValue> carried;
    for (const Value* input : node.inputs().slice(2)) carried.push_back(get(input));
    enter(node, body, 0, carried);
    if (most <= 0 || !goes_on) attempt(body);
    for (std::int64_t i = 0; i < most && goes_on; i++) {
      enter(node, body, i, carried);
      run(body);
      goes_on = get(body.outputs()[0]).toBool();
      for (std::size_t k = 0; k < carried.size(); k++) carried[k] = get(body.outputs()[k + 1]);
    }
    enter(node, body, 0, carried);
  }

  /// The values at the start of a turn, which are the loop's results if there is none.
  void enter(const Node& node, const Block& body, std::int64_t turn, const std::vector<c10::IValue>& carried) {
    set(body.inputs()[0], turn);
    for (std::size_t k = 0; k < carried.size(); k++) {
      set(body.inputs()[k + 1], carried[k]);
      set(node.outputs()[k], carried[k]);
    }
  }

  std::unordered_map<const Value*, c10::IValue> values_;
  std::unordered_map<const Value*, c10::TensorTypePtr> types_;
};

/// Whether a value stays one of the graph's inputs; numbers, flags and texts become constants.
bool is_data(const c10::IValue& value) {
  return value.isTensor() || value.isObject() || value.isTensorList() || value.isTuple() || value.isGenericDict();
}

Value* constant_of(Graph& graph, const c10::IValue& value) {
  if (is_data(value)) return nullptr;
  const torch::jit::WithInsertPoint at(*graph.block()->nodes().begin());
  const auto constant = torch::jit::tryInsertConstant(graph, value);
  return constant ? *constant : nullptr;
}

/// Makes inputs and constants of the attributes of a module, which is the graph's first input.
class Lowering {
 public:
  Lowering(Graph& graph, c10::IValue self) : graph_(graph) {
    modules_.emplace(graph.inputs()[0], std::move(self));
    block(*graph.block());
  }

  /// The values of the inputs that it added, in order.
  const std::vector<c10::IValue>& held() const { return held_; }

 private:
  void block(Block& block) {
    for (Node* node : block.nodes()) {
      TORCH_CHECK(node->kind() != c10::prim::SetAttr, "prim::SetAttr: the program assigns to its attribute '",
                  node->s(c10::attr::name), "'");
      if (node->kind() == c10::prim::GetAttr) attribute(*node);
      for (Block* inner : node->blocks()) this->block(*inner);
    }
  }

  void attribute(Node& node) {
    const auto owner = modules_.find(node.input());
    if (owner == modules_.end()) return;
    const c10::IValue value = owner->second.toObjectRef().getAttr(node.s(c10::attr::name));
    if (value.isModule()) {
      modules_.emplace(node.output(), value);
      return;
    }
    Value* constant = constant_of(graph_, value);
    node.output()->replaceAllUsesWith(constant == nullptr ? input(node, value) : constant);
  }

  /// One for each tensor or object, however often it is read.
  Value* input(const Node& node, const c10::IValue& value) {
    for (std::size_t i = 0; i < held_.size(); i++) {
      if (value.is(held_[i])) return inputs_[i];
    }
    Value* added = graph_.addInput()->setType(node.output()->type());
    held_.push_back(value);
    inputs_.push_back(added);
    return added;
  }

  Graph& graph_;
  std::unordered_map<const Value*, c10::IValue> modules_;
  std::vector<c10::IValue> held_;
  std::vector<Value*> inputs_;
};

Stack called(const char* name, const c10::IValue& packed) {
  const auto operation = c10::Dispatcher::singleton().findSchemaOrThrow(name, "");
  Stack stack{packed};
  operation.callBoxed(stack);
  return stack;
}

c10::IValue answer(const std::string& name, const c10::IValue& packed) { return called(name.c_str(), packed).front(); }

/// Packed weights of quantized layers as [weight, bias, ...]; other values as they are.
c10::IValue unpacked(const c10::IValue& value) {
  if (!value.isObject()) return value;
  const auto type = value.type()->cast<c10::ClassType>();
  const std::string name = type && type->name() ? type->name()->name() : "";
  Stack parts;
  if (name == "LinearPackedParamsBase") {
    parts = called("quantized::linear_unpack", value);
  } else if (name == "Conv2dPackedParamsBase" || name == "Conv3dPackedParamsBase") {
    const std::string conv = name == "Conv2dPackedParamsBase" ? "quantized::conv2d_" : "quantized::conv3d_";
    parts = called((conv + "unpack").c_str(), value);
    for (const char* each : {"stride", "padding", "dilation", "groups", "transpose"})
      parts.push_back(answer(conv + each, value));
  } else {
    TORCH_CHECK(false, "its weights are an object of ", value.type()->repr_str(), ", which no other format knows");
  }
  return c10::ivalue::Tuple::create(std::move(parts));
}

}  // namespace

/// (function, arguments as of a call) -> [graph, held], as script_lowered_graph; values have the dtypes and sizes of
/// the example, sizes that change are -1, constants are folded, and packed weights are lists
void script_example_graph(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_function(in);
  Stack given = read_arguments(in, *part);
  auto graph = graph_of(*part, true);
  std::vector<c10::IValue> held;
  if (part->self) {
    held = Lowering(*graph, part->self->_ivalue()).held();
    torch::jit::EliminateDeadCode(graph);
    TORCH_CHECK(!graph->inputs()[0]->hasUses(), "the program uses a module for something else than its attributes");
    graph->eraseInput(0);
    given.erase(given.begin());
  }
  std::vector<c10::IValue> all = given;
  all.insert(all.end(), held.begin(), held.end());
  for (std::size_t i = 0; i < given.size(); i++) {
    if (Value* constant = constant_of(*graph, given[i])) graph->inputs()[i]->replaceAllUsesWith(constant);
  }
  torch::jit::RemoveTensorMutation(graph);
  torch::jit::ConstantPropagation(graph);
  torch::jit::EliminateDeadCode(graph);

  const at::NoGradGuard guard;
  ExampleRun example;
  for (std::size_t i = 0; i < all.size(); i++) {
    // The graph may work in place on what it is given.
    const bool copies = i < given.size() && all[i].isTensor();
    example.set(graph->inputs()[i], copies ? c10::IValue(all[i].toTensor().clone()) : all[i]);
  }
  example.run(*graph->block());
  out.list(2);
  write_block(out, *graph->block(), true);
  out.list(held.size());
  for (const c10::IValue& value : held) write_value(out, unpacked(value));
}

}  // namespace tsorch
