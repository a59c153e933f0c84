#include "collectives.h"

#include <algorithm>

namespace tsorch {

namespace {

using c10d::Backend;
using Started = c10::intrusive_ptr<c10d::Work>;
using Tensors = std::vector<at::Tensor>;

template <typename Options>
Options options_of(const CollectiveCall& call) {
  Options options;
  options.timeout = call.timeout;
  if constexpr (requires { options.reduceOp; }) {
    options.reduceOp = static_cast<c10d::ReduceOp::RedOpType>(call.reduction);
  }
  if constexpr (requires { options.rootRank; }) options.rootRank = call.root;
  return options;
}

/// A list of lists with one list in it, or none: c10d counts the tensors of one process per device.
std::vector<Tensors> listed(const Tensors& tensors) {
  return tensors.empty() ? std::vector<Tensors>() : std::vector<Tensors>{tensors};
}

Started all_reduce(Backend& backend, CollectiveCall& call) {
  const auto options = options_of<c10d::AllreduceOptions>(call);
  if (call.inputs.size() == 1 && call.inputs[0].is_sparse()) return backend.allreduce_sparse(call.inputs, options);
  if (call.inputs.size() == 1) return backend.allreduce(call.inputs, options);
  c10d::AllreduceCoalescedOptions coalesced;
  static_cast<c10d::AllreduceOptions&>(coalesced) = options;
  return backend.allreduce_coalesced(call.inputs, coalesced);
}

Started broadcast(Backend& backend, CollectiveCall& call) {
  return backend.broadcast(call.inputs, options_of<c10d::BroadcastOptions>(call));
}

Started reduce(Backend& backend, CollectiveCall& call) {
  return backend.reduce(call.inputs, options_of<c10d::ReduceOptions>(call));
}

Started all_gather(Backend& backend, CollectiveCall& call) {
  auto outputs = listed(call.outputs);
  return backend.allgather(outputs, call.inputs, options_of<c10d::AllgatherOptions>(call));
}

Started all_gather_single(Backend& backend, CollectiveCall& call) {
  return backend._allgather_base(call.outputs.at(0), call.inputs.at(0), options_of<c10d::AllgatherOptions>(call));
}

Started reduce_scatter(Backend& backend, CollectiveCall& call) {
  auto inputs = listed(call.inputs);
  return backend.reduce_scatter(call.outputs, inputs, options_of<c10d::ReduceScatterOptions>(call));
}

Started reduce_scatter_single(Backend& backend, CollectiveCall& call) {
  return backend._reduce_scatter_base(call.outputs.at(0), call.inputs.at(0),
                                      options_of<c10d::ReduceScatterOptions>(call));
}

Started gather(Backend& backend, CollectiveCall& call) {
  auto outputs = listed(call.outputs);
  return backend.gather(outputs, call.inputs, options_of<c10d::GatherOptions>(call));
}

Started scatter(Backend& backend, CollectiveCall& call) {
  auto inputs = listed(call.inputs);
  return backend.scatter(call.outputs, inputs, options_of<c10d::ScatterOptions>(call));
}

Started all_to_all(Backend& backend, CollectiveCall& call) {
  return backend.alltoall(call.outputs, call.inputs, options_of<c10d::AllToAllOptions>(call));
}

Started all_to_all_single(Backend& backend, CollectiveCall& call) {
  return backend.alltoall_base(call.outputs.at(0), call.inputs.at(0), call.output_shares, call.input_shares,
                               options_of<c10d::AllToAllOptions>(call));
}

Started barrier(Backend& backend, CollectiveCall& call) {
  return backend.barrier(options_of<c10d::BarrierOptions>(call));
}

struct Operation {
  const char* name;
  Started (*launch)(Backend&, CollectiveCall&);
};

constexpr Operation kOperations[] = {
    {"all_reduce", all_reduce},
    {"broadcast", broadcast},
    {"reduce", reduce},
    {"all_gather", all_gather},
    {"all_gather_single", all_gather_single},
    {"reduce_scatter", reduce_scatter},
    {"reduce_scatter_single", reduce_scatter_single},
    {"gather", gather},
    {"scatter", scatter},
    {"all_to_all", all_to_all},
    {"all_to_all_single", all_to_all_single},
    {"barrier", barrier},
};

constexpr const char* kReductions[] = {"SUM", "AVG", "PRODUCT", "MIN", "MAX", "BAND", "BOR", "BXOR"};

const Operation& operation_of(std::int64_t number) {
  TORCH_CHECK(number >= 0 && number < static_cast<std::int64_t>(std::size(kOperations)), "unknown collective");
  return kOperations[number];
}

/// Whether the ranks' parts are those of their tensors in lists, or of the one tensor by its rows.
std::vector<std::int64_t> shares_of(const Tensors& list, const std::vector<std::int64_t>& given, int size) {
  std::vector<std::int64_t> shares;
  if (list.size() != 1 || size == 1) {
    for (const at::Tensor& each : list) shares.push_back(each.numel());
  } else {
    const std::int64_t rows = list[0].dim() > 0 ? list[0].size(0) : 1;
    const std::int64_t row = rows > 0 ? list[0].numel() / rows : 0;
    for (int i = 0; i < size; i++) shares.push_back(given.empty() ? list[0].numel() / size : given[i] * row);
  }
  return shares;
}

/// The tensors that all ranks have: of a scatter what arrives, since only the root has what it sends.
const Tensors& common_tensors(const CollectiveCall& call) {
  return operation_of(call.operation).launch == scatter ? call.outputs : call.inputs;
}

}  // namespace

const char* operation_name(std::int64_t operation) { return operation_of(operation).name; }

const char* reduction_name(std::int64_t reduction) {
  const bool known = reduction >= 0 && reduction < static_cast<std::int64_t>(std::size(kReductions));
  return known ? kReductions[reduction] : "?";
}

Intent intent_of(const CollectiveCall& call, int size) {
  Intent intent{call.operation, -1, 0, 0, 0, call.reduction, call.root, {}};
  const Tensors& tensors = common_tensors(call);
  if (tensors.empty()) return intent;
  intent.dtype = static_cast<std::int64_t>(tensors[0].scalar_type());
  const auto launch = operation_of(call.operation).launch;
  if (launch == all_to_all || launch == all_to_all_single) {
    intent.shares = shares_of(call.inputs, call.input_shares, size);
    const auto expected = shares_of(call.outputs, call.output_shares, size);
    intent.shares.insert(intent.shares.end(), expected.begin(), expected.end());
    return intent;
  }
  intent.tensors = static_cast<std::int64_t>(tensors.size());
  for (const at::Tensor& each : tensors) {
    if (each.is_sparse()) continue;  // ranks may differ in what is not zero
    intent.elements += each.numel();
    intent.shapes = intent.shapes * 31 + each.numel();
  }
  return intent;
}

Started launch(Backend& backend, CollectiveCall& call) { return operation_of(call.operation).launch(backend, call); }

}  // namespace tsorch
