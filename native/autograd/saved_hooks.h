// JavaScript functions that decide how tensors are kept for the backward pass.
#pragma once

#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/csrc/autograd/saved_variable_hooks.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../environment.h"
#include "js_value.h"

namespace tsorch {

/// The pairs of functions that the calling thread saves tensors with; the innermost counts.
class SavedHooks {
 public:
  struct Pair {
    JsValue pack;
    JsValue unpack;
  };

  static SavedHooks& current();

  std::vector<std::shared_ptr<Pair>> pairs;
  std::optional<std::string> disabled;  // why pairs are refused
};

/// While it lives, the innermost pair goes with libtorch's thread-local state, and so to the threads of a pass.
class SavedHooksGuard {
 public:
  SavedHooksGuard();

 private:
  std::optional<c10::DebugInfoGuard> guard_;
};

/// What libtorch asks of the innermost pair for each tensor it saves; nullptr when there is none.
std::unique_ptr<torch::autograd::SavedVariableHooks> make_saved_variable_hooks();

/// Reads (pack, unpack), the functions that keep one saved tensor.
std::unique_ptr<torch::autograd::SavedVariableHooks> read_saved_hooks(Environment&, FrameReader&);

}  // namespace tsorch
