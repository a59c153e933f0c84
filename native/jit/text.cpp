// What a program looks like: its text, and its graph as plain data.
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/lower_graph.h>
#include <torch/csrc/jit/serialization/python_print.h>

#include <sstream>

#include "graph_writer.h"
#include "values.h"

namespace tsorch {

/// (function, what: 'graph', 'inlined_graph') -> its text
void script_graph_text(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_function(in);
  out.string(graph_of(*part, in.boolean())->toString());
}

/// (function) -> [its code as Python, the constants that it names CONSTANTS.c0, ...]
void script_code(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_function(in);
  std::vector<c10::IValue> constants;
  torch::jit::PrintDepsTable classes;
  torch::jit::PythonPrint printer(constants, classes);
  if (part->self) {
    printer.printMethod(*part->function);
  } else {
    printer.printFunction(*part->function);
  }
  out.list(2);
  out.string(printer.str());
  out.list(constants.size());
  for (const c10::IValue& constant : constants) write_value(out, constant);
}

/// (function) -> [graph, held]: calls inlined, attributes of the module as further inputs, which are the values in held
void script_lowered_graph(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_function(in);
  auto graph = graph_of(*part, true);
  std::vector<c10::IValue> held;
  if (part->self) std::tie(graph, held) = torch::jit::LowerGraph(*graph, part->self->_ivalue());
  torch::jit::EliminateDeadCode(graph);
  out.list(2);
  write_block(out, *graph->block());
  out.list(held.size());
  for (const c10::IValue& value : held) write_value(out, value);
}

/// (function) -> the lines of its nodes whose results are others each time
void script_nondeterministic(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_function(in);
  const auto graph = graph_of(*part, true);
  std::vector<std::string> lines;
  for (const torch::jit::Node* node : graph->nodes()) {
    if (!node->isNondeterministic()) continue;
    std::ostringstream text;
    text << *node;
    lines.push_back(text.str());
  }
  out.list(lines.size());
  for (const std::string& line : lines) out.string(line);
}

/// (function, inlined) -> its graph as it is
void script_graph(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_function(in);
  write_block(out, *graph_of(*part, in.boolean())->block());
}

}  // namespace tsorch
