// Making graph nodes.
#pragma once

#include <torch/csrc/autograd/function.h>

#include "../handle_table.h"

namespace tsorch {

/// A new node, held the way this libtorch holds nodes.
template <typename T, typename... Arguments>
auto new_node(Arguments&&... arguments) {
  if constexpr (std::is_same_v<NodePtr, std::shared_ptr<torch::autograd::Node>>) {
    return std::make_shared<T>(std::forward<Arguments>(arguments)...);
  } else {
    return c10::make_intrusive<T>(std::forward<Arguments>(arguments)...);
  }
}

}  // namespace tsorch
