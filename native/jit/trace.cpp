// Tracing: the operators that a JavaScript function calls become a graph.
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/ir.h>

#include "../autograd/js_value.h"
#include "program.h"
#include "values.h"

namespace tsorch {

namespace {

namespace tracer = torch::jit::tracer;

struct Request {
  std::shared_ptr<ScriptModulePart> self;  // null for a function
  std::string name;
  torch::jit::Stack inputs;
  bool strict;
  bool force_outplace;
  std::vector<std::string> argument_names;
};

Request read_request(FrameReader& in) {
  Request request;
  if (!in.none()) request.self = read_module(in);
  request.name = in.string();
  for (std::int64_t left = in.list(); left > 0; left--) request.inputs.push_back(read_inferred(in, Lists::kTuples));
  request.strict = in.boolean();
  request.force_outplace = in.boolean();
  request.argument_names.resize(in.list());
  for (std::string& name : request.argument_names) name = in.string();
  return request;
}

torch::jit::Stack run(const JsValue& function, const torch::jit::Stack& inputs) {
  c10::IValue result;
  const auto write = [&](FrameWriter& out) {
    out.list(inputs.size());
    for (const c10::IValue& input : inputs) write_value(out, input);
  };
  call_function(function, write, [&](FrameReader& in) { result = read_inferred(in, Lists::kTuples); });
  return {result};
}

std::shared_ptr<torch::jit::Graph> traced_graph(const JsValue& function, const Request& request) {
  TORCH_CHECK(!tracer::isTracing(), "a function that is traced cannot trace another");
  torch::jit::Module* self = request.self == nullptr ? nullptr : &request.self->module;
  const auto traced = tracer::trace(
      request.inputs, [&](const torch::jit::Stack& inputs) { return run(function, inputs); },
      [](const at::Tensor&) { return std::string(); }, request.strict, request.force_outplace, self,
      request.argument_names);
  return traced.first->graph;
}

}  // namespace

/// (module or null, name, inputs, strict, force_outplace, names of arguments, function): adds a method to the module,
/// or gives a unit with the function
void script_trace(Environment& environment, FrameReader& in, FrameWriter& out) {
  const Request request = read_request(in);
  const JsValue function(environment, in.object());
  auto graph = traced_graph(function, request);
  if (request.self != nullptr) {
    const torch::jit::Module& module = request.self->module;
    const c10::QualifiedName name(*module.type()->name(), request.name);
    module.type()->addMethod(module._ivalue()->compilation_unit()->create_function(name, std::move(graph)));
    return out.none();
  }
  auto part = std::make_shared<ScriptUnitPart>();
  part->unit = std::make_shared<torch::jit::CompilationUnit>();
  part->unit->create_function(c10::QualifiedName("__torch__." + request.name), std::move(graph));
  out.part(std::move(part));
}

/// What follows belongs to the module at this path, `__module.fc`.
void script_push_scope(Environment&, FrameReader& in, FrameWriter&) {
  const std::string path = in.string();
  if (tracer::isTracing()) tracer::getTracingState()->graph->push_scope(path);
}

void script_pop_scope(Environment&, FrameReader&, FrameWriter&) {
  if (tracer::isTracing()) tracer::getTracingState()->graph->pop_scope();
}

}  // namespace tsorch
