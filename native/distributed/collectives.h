// The collectives, as calls that can be described, compared among ranks, and run.
#pragma once

#include <string>
#include <vector>

#include "agreement.h"

namespace tsorch {

/// What JavaScript asks for: lib/distributed/native.ts has the numbers.
struct CollectiveCall {
  std::int64_t operation;
  std::vector<at::Tensor> inputs;
  std::vector<at::Tensor> outputs;
  std::int64_t reduction;  // c10d's number, -1 where nothing is reduced
  std::int64_t root;       // -1 where there is none
  std::vector<std::int64_t> output_shares;
  std::vector<std::int64_t> input_shares;
  std::chrono::milliseconds timeout;  // c10d::kUnsetTimeout for the group's
};

const char* operation_name(std::int64_t operation);
const char* reduction_name(std::int64_t reduction);

Intent intent_of(const CollectiveCall& call, int size);

/// Hands the call to the backend, which begins at once.
c10::intrusive_ptr<c10d::Work> launch(c10d::Backend& backend, CollectiveCall& call);

}  // namespace tsorch
