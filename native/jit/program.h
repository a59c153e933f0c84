// What JavaScript holds of TorchScript.
#pragma once

#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/api/module.h>

#include "../environment.h"

namespace tsorch {

struct ScriptModulePart final : Part {
  explicit ScriptModulePart(torch::jit::Module module) : module(std::move(module)) {}
  torch::jit::Module module;
};

/// A function, or a method with its object. The unit owns the function.
struct ScriptFunctionPart final : Part {
  ScriptFunctionPart(std::shared_ptr<torch::jit::CompilationUnit> unit, torch::jit::Function* function)
      : unit(std::move(unit)), function(function) {}
  std::shared_ptr<torch::jit::CompilationUnit> unit;
  torch::jit::Function* function;
  std::optional<torch::jit::Module> self;
};

struct ScriptUnitPart final : Part {
  std::shared_ptr<torch::jit::CompilationUnit> unit;
};

inline std::shared_ptr<ScriptModulePart> read_module(FrameReader& in) {
  return in.part<ScriptModulePart>("ScriptModule");
}

inline std::shared_ptr<ScriptFunctionPart> read_function(FrameReader& in) {
  return in.part<ScriptFunctionPart>("ScriptFunction");
}

inline void write_module(FrameWriter& out, torch::jit::Module module) {
  out.part(std::make_shared<ScriptModulePart>(std::move(module)));
}

/// Arguments of a call by their places, the object of a method first: (those by position, names, those by name).
torch::jit::Stack read_arguments(FrameReader& in, const ScriptFunctionPart& called);

/// Files that lie in an archive beside the program, by name.
torch::jit::ExtraFilesMap read_extra_files(FrameReader& in);

}  // namespace tsorch
