#include "graph_writer.h"

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/inliner.h>

#include "values.h"

namespace tsorch {

namespace {

using torch::jit::Node;
using torch::jit::Value;

class GraphWriter {
 public:
  GraphWriter(FrameWriter& out, bool varying) : out_(out), varying_(varying) {}

  /// [inputs, nodes, outputs]
  void block(torch::jit::Block& block) {
    out_.list(3);
    values(block.inputs());
    std::size_t count = 0;
    for (const Node* each : block.nodes()) count += each != nullptr;
    out_.list(count);
    for (Node* each : block.nodes()) node(*each);
    uses(block.outputs());
  }

 private:
  void uses(at::ArrayRef<const Value*> values) {
    out_.list(values.size());
    for (const Value* each : values) out_.integer(static_cast<std::int64_t>(each->unique()));
  }
  void uses(at::ArrayRef<Value*> values) {
    out_.list(values.size());
    for (const Value* each : values) out_.integer(static_cast<std::int64_t>(each->unique()));
  }

  template <typename Values>
  void values(const Values& values) {
    out_.list(values.size());
    for (const Value* each : values) value(*each);
  }

  /// [number, name, type, dtype, sizes, requires_grad]; null where it is not known
  void value(const Value& value) {
    out_.list(6);
    out_.integer(static_cast<std::int64_t>(value.unique()));
    out_.string(value.debugName());
    out_.string(value.type()->repr_str());
    const auto tensor = value.type()->cast<c10::TensorType>();
    const auto dtype = tensor ? tensor->scalarType() : std::nullopt;
    const auto sizes = tensor ? sizes_of(*tensor) : std::nullopt;
    dtype ? out_.integer(static_cast<std::int64_t>(*dtype)) : out_.none();
    sizes ? out_.integers(*sizes) : out_.none();
    const auto requires_grad = tensor ? tensor->requiresGrad() : std::nullopt;
    requires_grad ? out_.boolean(*requires_grad) : out_.none();
  }

  std::optional<std::vector<std::int64_t>> sizes_of(const c10::TensorType& type) const {
    if (!varying_) return type.sizes().concrete_sizes();
    const auto sizes = type.sizes().sizes();
    if (!sizes) return std::nullopt;
    std::vector<std::int64_t> known;
    for (const auto& size : *sizes) known.push_back(size.value_or(-1));
    return known;
  }

  /// [kind, schema, scope, inputs, outputs, [name, value, ...], blocks]
  void node(Node& node) {
    out_.list(7);
    out_.string(node.kind().toQualString());
    const auto* schema = node.maybeSchema();
    schema == nullptr ? out_.none() : out_.string(c10::toString(*schema));
    out_.string(node.scopeName());
    uses(node.inputs());
    values(node.outputs());
    attributes(node);
    out_.list(node.blocks().size());
    for (torch::jit::Block* each : node.blocks()) block(*each);
  }

  void attributes(const Node& node) {
    // The constant that is a function has a name alone.
    const auto constant = node.kind() == c10::prim::Constant ? torch::jit::toIValue(node.output()) : std::nullopt;
    if (constant) {
      const c10::IValue& value = *constant;
      // A number that an operator was given where it takes a tensor counts less for the dtype of the result.
      const bool is_number =
          value.isTensor() && value.toTensor().defined() && value.toTensor().unsafeGetTensorImpl()->is_wrapped_number();
      out_.list(is_number ? 4 : 2);
      out_.string("value");
      write_value(out_, value);
      if (!is_number) return;
      out_.string("is_number");
      return out_.boolean(true);
    }
    const auto names = node.attributeNames();
    std::vector<c10::Symbol> shown;
    for (const c10::Symbol name : names) {
      if (const auto kind = node.kindOf(name);
          kind == torch::jit::AttributeKind::s || kind == torch::jit::AttributeKind::i ||
          kind == torch::jit::AttributeKind::f || kind == torch::jit::AttributeKind::is)
        shown.push_back(name);
    }
    out_.list(2 * shown.size());
    for (const c10::Symbol name : shown) {
      out_.string(name.toUnqualString());
      switch (node.kindOf(name)) {
        case torch::jit::AttributeKind::s:
          out_.string(node.s(name));
          break;
        case torch::jit::AttributeKind::i:
          out_.integer(node.i(name));
          break;
        case torch::jit::AttributeKind::f:
          out_.number(node.f(name));
          break;
        default:
          out_.integers(node.is(name));
      }
    }
  }

  FrameWriter& out_;
  const bool varying_;
};

}  // namespace

std::shared_ptr<torch::jit::Graph> graph_of(const ScriptFunctionPart& part, bool inlined) {
  const auto graph = torch::jit::toGraphFunction(*part.function).graph();
  if (!inlined) return graph;
  auto copy = graph->copy();
  torch::jit::Inline(*copy);
  return copy;
}

void write_block(FrameWriter& out, torch::jit::Block& block, bool varying) { GraphWriter(out, varying).block(block); }

}  // namespace tsorch
