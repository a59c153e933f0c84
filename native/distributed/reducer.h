// Gradients that are averaged among ranks while the backward pass goes on: c10d's Reducer.
#pragma once

#include <torch/csrc/distributed/c10d/logger.hpp>
#include <torch/csrc/distributed/c10d/reducer.hpp>
#include "gloo.h"

#include <memory>

#include "group.h"

namespace tsorch {

struct ReducerPart final : Part {
  /// The connections outlive it.
  std::shared_ptr<Connections> connections;
  std::shared_ptr<c10d::Reducer> reducer;
  std::shared_ptr<c10d::Logger> logger;
};

}  // namespace tsorch
