// Graphs of TorchScript as plain data.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include "../environment.h"
#include "program.h"

namespace tsorch {

/// A copy of the function's graph with all calls inlined, or the graph itself.
std::shared_ptr<torch::jit::Graph> graph_of(const ScriptFunctionPart& part, bool inlined);

/// Writes a block as [inputs, nodes, outputs]; values are numbered by libtorch. With `varying`, sizes that are not one
/// number are -1; else a tensor of such sizes has none.
void write_block(FrameWriter& out, torch::jit::Block& block, bool varying = false);

}  // namespace tsorch
