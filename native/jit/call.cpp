// Calls of TorchScript's functions and methods.
#include <torch/csrc/jit/frontend/schema_matching.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/ir.h>

#include "../async/job.h"
#include "program.h"
#include "untraced.h"
#include "values.h"

namespace tsorch {

namespace {

namespace tracer = torch::jit::tracer;

c10::IValue read_argument(FrameReader& in, const c10::FunctionSchema& schema, std::size_t place) {
  const c10::Argument& argument = schema.arguments()[place];
  const std::string found = in.type_name();
  try {
    return read_value(in, argument.type());
  } catch (const c10::TypeError&) {
    TORCH_CHECK(false, schema.formatTypeMismatchMsg(argument, found, place));
  } catch (const c10::ValueError&) {
    TORCH_CHECK(false, schema.formatTypeMismatchMsg(argument, found, place));
  }
}

}  // namespace

torch::jit::Stack read_arguments(FrameReader& in, const ScriptFunctionPart& called) {
  const c10::FunctionSchema& schema = called.function->getSchema();
  torch::jit::Stack stack;
  if (called.self) stack.emplace_back(called.self->_ivalue());
  const std::size_t given = stack.size() + in.list();
  TORCH_CHECK(given <= schema.arguments().size(), schema.name(), "() expected at most ", schema.arguments().size(),
              " argument(s) but received ", given, " argument(s). Declaration: ", schema);
  while (stack.size() < given) stack.push_back(read_argument(in, schema, stack.size()));

  std::vector<std::string> names(in.list());
  for (std::string& name : names) name = in.string();
  std::vector<std::optional<c10::IValue>> named(schema.arguments().size());
  in.list();
  for (const std::string& name : names) {
    const auto place = schema.argumentIndexWithName(name);
    TORCH_CHECK(place && static_cast<std::size_t>(*place) >= given, schema.findErrorInKwargs(names));
    named[*place] = read_argument(in, schema, *place);
  }
  for (std::size_t place = given; place < named.size(); place++) {
    const c10::Argument& argument = schema.arguments()[place];
    TORCH_CHECK(named[place] || argument.default_value(), schema.name(), "() is missing value for argument '",
                argument.name(), "'. Declaration: ", schema);
    stack.push_back(named[place] ? std::move(*named[place]) : *argument.default_value());
  }
  return stack;
}

namespace {

/// A call while a function is traced becomes a call in its graph, with the branches that are in it.
void run_traced(const ScriptFunctionPart& called, torch::jit::Stack& stack) {
  torch::jit::Graph& graph = *tracer::getTracingState()->graph;
  std::vector<torch::jit::NamedValue> inputs;
  for (const c10::IValue& value : stack) inputs.emplace_back(tracer::getValueTrace(value));
  const torch::jit::SourceRange nowhere;
  const auto matched = torch::jit::matchSchema(called.function->getSchema(), nowhere, graph, inputs, {});
  torch::jit::Value* result = called.self ? graph.insertMethodCall(called.function->qualname().name(), matched)
                                          : graph.insertFunctionCall(called.function, matched);
  {
    const Untraced untraced;
    called.function->run(stack);
  }
  tracer::setValueTrace(stack.back(), result);
}

}  // namespace

void script_call(Environment& environment, FrameReader& in, FrameWriter& out) {
  const auto called = read_function(in);
  torch::jit::Stack stack = read_arguments(in, *called);
  if (environment.recording != nullptr) {
    return environment.recording->add(
        out, [called](torch::jit::Stack& given) { called->function->run(given); }, std::move(stack),
        *called->function->getSchema().returns().at(0).type());
  }
  if (tracer::isTracing()) {
    run_traced(*called, stack);
  } else {
    called->function->run(stack);
  }
  write_value(out, stack.back());
}

}  // namespace tsorch
