// What JavaScript holds of torch.distributed, and how its arguments are read.
#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>

#include <chrono>

#include "../environment.h"

namespace tsorch {

struct StorePart final : Part {
  explicit StorePart(c10::intrusive_ptr<c10d::Store> store) : store(std::move(store)) {}
  const c10::intrusive_ptr<c10d::Store> store;
};

inline const c10::intrusive_ptr<c10d::Store>& read_store(FrameReader& in) { return in.part<StorePart>("Store")->store; }

inline std::chrono::milliseconds read_timeout(FrameReader& in) { return std::chrono::milliseconds(in.integer()); }

}  // namespace tsorch
