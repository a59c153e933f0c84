// Modules and functions of TorchScript: what they have, and how they are made.
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/ir/ir.h>

#include "program.h"
#include "values.h"

namespace torch::jit {
/// Declared in no header that can be included.
TORCH_API std::shared_ptr<CompilationUnit> compile(const std::string& source);
}  // namespace torch::jit

namespace tsorch {

namespace {

using torch::jit::CompilationUnit;
using torch::jit::Module;

const char* kind_of_slot(const c10::ClassType& type, std::size_t slot) {
  if (type.is_parameter(slot)) return "parameter";
  if (type.is_buffer(slot)) return "buffer";
  return type.getAttribute(slot)->is_module() ? "module" : "attribute";
}

void write_function(FrameWriter& out, const std::shared_ptr<ScriptFunctionPart>& part) {
  const c10::FunctionSchema& schema = part->function->getSchema();
  out.list(5);
  out.part(part);
  out.string(part->function->name());
  out.string(part->function->qualname().qualifiedName());
  out.string(c10::toString(schema));
  const std::size_t first = part->self ? 1 : 0;
  out.list(schema.arguments().size() - first);
  for (std::size_t i = first; i < schema.arguments().size(); i++) {
    out.list(2);
    out.string(schema.arguments()[i].name());
    out.string(schema.arguments()[i].type()->annotation_str());
  }
}

std::shared_ptr<ScriptFunctionPart> method_of(const Module& module, torch::jit::Function* function) {
  auto part = std::make_shared<ScriptFunctionPart>(module._ivalue()->compilation_unit(), function);
  part->self = module;
  return part;
}

}  // namespace

/// (module) -> [class, address, [[name, kind, type]...], methods]
void script_describe(Environment&, FrameReader& in, FrameWriter& out) {
  const Module module = read_module(in)->module;
  const auto type = module.type();
  out.list(4);
  out.string(type->name()->qualifiedName());
  out.integer(static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(module._ivalue().get())));
  out.list(type->numAttributes());
  for (std::size_t slot = 0; slot < type->numAttributes(); slot++) {
    out.list(3);
    out.string(type->getAttributeName(slot));
    out.string(kind_of_slot(*type, slot));
    out.string(type->getAttribute(slot)->annotation_str());
  }
  out.list(type->methods().size());
  for (torch::jit::Function* function : type->methods()) write_function(out, method_of(module, function));
}

void script_get(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_module(in);
  const std::int64_t slot = in.integer();
  TORCH_CHECK_INDEX(slot >= 0 && slot < static_cast<std::int64_t>(part->module.type()->numAttributes()), "no slot ",
                    slot);
  write_value(out, part->module._ivalue()->getSlot(slot));
}

void script_set(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = read_module(in);
  const std::int64_t slot = in.integer();
  const auto type = part->module.type();
  TORCH_CHECK_INDEX(slot >= 0 && slot < static_cast<std::int64_t>(type->numAttributes()), "no slot ", slot);
  part->module._ivalue()->setSlot(slot, read_value(in, type->getAttribute(slot)));
}

void script_copy(Environment&, FrameReader& in, FrameWriter& out) {
  write_module(out, read_module(in)->module.deepcopy());
}

/// (class name, module whose unit the class shall be in) -> a module without attributes
void script_new_module(Environment&, FrameReader& in, FrameWriter& out) {
  const std::string name = in.string();
  const auto unit =
      in.none() ? std::make_shared<CompilationUnit>() : read_module(in)->module._ivalue()->compilation_unit();
  write_module(out, Module(c10::QualifiedName(name), unit, true));
}

/// (module, name, kind, value): 'parameter', 'buffer', 'module', or 'training'
void script_register(Environment&, FrameReader& in, FrameWriter&) {
  Module module = read_module(in)->module;
  const std::string name = in.string();
  const std::string kind = in.string();
  if (kind == "module") {
    module.register_module(name, read_module(in)->module);
  } else if (in.none()) {
    module.register_attribute(name, c10::NoneType::get(), c10::IValue());
  } else if (in.peek() == Tag::kBoolean) {
    module.register_attribute(name, c10::BoolType::get(), in.boolean());
  } else if (const at::Tensor tensor = in.tensor(); kind == "attribute") {
    module.register_attribute(name, c10::TensorType::get(), tensor);
  } else {
    module.register_parameter(name, tensor, kind == "buffer");
  }
}

void script_define(Environment&, FrameReader& in, FrameWriter&) {
  Module module = read_module(in)->module;
  module.define(in.string(), torch::jit::nativeResolver());
}

void script_compile(Environment&, FrameReader& in, FrameWriter& out) {
  auto part = std::make_shared<ScriptUnitPart>();
  part->unit = torch::jit::compile(in.string());
  out.part(std::move(part));
}

void script_unit_define(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = in.part<ScriptUnitPart>("CompilationUnit");
  part->unit->define(std::nullopt, in.string(), torch::jit::nativeResolver(), nullptr);
}

void script_functions(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = in.part<ScriptUnitPart>("CompilationUnit");
  const auto functions = part->unit->get_functions();
  out.list(functions.size());
  for (torch::jit::Function* function : functions) {
    write_function(out, std::make_shared<ScriptFunctionPart>(part->unit, function));
  }
}

/// (function) -> a module whose forward it is, which can be saved
void script_function_module(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_function(in);
  Module module(c10::QualifiedName("__torch__.PlaceholderModule"), std::make_shared<CompilationUnit>(), true);
  module.register_attribute("training", c10::BoolType::get(), true);
  auto graph = torch::jit::toGraphFunction(*part->function).graph()->copy();
  graph->insertInput(0, "self")->setType(module.type());
  const c10::QualifiedName name(*module.type()->name(), "forward");
  module.type()->addMethod(module._ivalue()->compilation_unit()->create_function(name, graph));
  write_module(out, std::move(module));
}

void script_freeze(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_module(in);
  std::vector<std::string> kept(in.list());
  for (std::string& name : kept) name = in.string();
  write_module(out, torch::jit::freeze(part->module, kept, in.boolean()));
}

void script_optimize_for_inference(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_module(in);
  std::vector<std::string> methods(in.list());
  for (std::string& name : methods) name = in.string();
  write_module(out, torch::jit::optimize_for_inference(part->module, methods));
}

/// Pairs of [dynamic, how many]; gives those before.
void script_set_fusion_strategy(Environment&, FrameReader& in, FrameWriter& out) {
  torch::jit::FusionStrategy strategy(in.list());
  for (auto& [behavior, depth] : strategy) {
    in.list();
    behavior = in.boolean() ? torch::jit::FusionBehavior::DYNAMIC : torch::jit::FusionBehavior::STATIC;
    depth = in.integer();
  }
  const auto before = torch::jit::setFusionStrategy(strategy);
  out.list(before.size());
  for (const auto& [behavior, depth] : before) {
    out.list(2);
    out.boolean(behavior == torch::jit::FusionBehavior::DYNAMIC);
    out.integer(static_cast<std::int64_t>(depth));
  }
}

}  // namespace tsorch
