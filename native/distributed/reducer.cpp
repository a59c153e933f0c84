#include "reducer.h"

#include <torch/csrc/autograd/engine.h>

#include <algorithm>

#include "comm_hook.h"

namespace tsorch {

namespace {

std::shared_ptr<ReducerPart> read_reducer(FrameReader& in) { return in.part<ReducerPart>("Reducer"); }

std::vector<std::size_t> read_sizes(FrameReader& in) {
  std::vector<std::size_t> sizes;
  for (const std::int64_t each : in.integers()) sizes.push_back(static_cast<std::size_t>(each));
  return sizes;
}

std::vector<std::string> read_names(FrameReader& in) {
  std::vector<std::string> names;
  for (std::int64_t left = in.list(); left > 0; left--) names.push_back(in.string());
  return names;
}

}  // namespace

/// (group, tensors, bytes of a message, the rank that has them)
void group_broadcast_coalesced(Environment&, FrameReader& in, FrameWriter&) {
  const auto group = in.part<GroupPart>("ProcessGroup");
  std::vector<at::Tensor> tensors = in.tensors();
  const auto bytes = static_cast<std::size_t>(in.integer());
  for (at::Tensor& each : tensors) each = each.detach();
  group->open().settle();
  c10d::broadcast_coalesced(group->open().group, tensors, bytes, static_cast<int>(in.integer()));
}

void group_verify_parameters(Environment&, FrameReader& in, FrameWriter&) {
  const auto group = in.part<GroupPart>("ProcessGroup");
  group->open().settle();
  c10d::verify_params_across_processes(group->open().group, in.tensors(), std::nullopt);
}

/// (group, parameters, their names, which are sparse, limits of the first buckets, bytes of a bucket, bytes of the
/// first, find unused, gradients as views, skip unused) -> the reducer
void reducer_make(Environment&, FrameReader& in, FrameWriter& out) {
  const auto group = in.part<GroupPart>("ProcessGroup");
  auto parameters = in.tensors();
  const auto names = read_names(in);
  std::vector<bool> sparse;
  for (const std::int64_t each : in.integers()) sparse.push_back(each != 0);
  const auto limits = read_sizes(in);
  const std::int64_t bucket_bytes = in.integer();
  const std::int64_t first_bytes = in.integer();
  const bool find_unused = in.boolean();
  const bool as_views = in.boolean();
  const bool skip_unused = in.boolean();
  auto [buckets, per_bucket] = c10d::compute_bucket_assignment_by_size(parameters, limits, sparse);
  std::reverse(buckets.begin(), buckets.end());  // gradients come in about this order
  std::unordered_map<std::size_t, std::string> by_index;
  for (std::size_t i = 0; i < names.size(); i++) by_index[i] = names[i];
  auto part = std::make_shared<ReducerPart>();
  group->open();
  part->connections = group->connections;
  part->reducer = std::make_shared<c10d::Reducer>(std::move(parameters), std::move(buckets), part->connections->group,
                                                  std::move(sparse), bucket_bytes, find_unused, as_views, by_index,
                                                  first_bytes, skip_unused, false, std::vector<std::int64_t>());
  part->logger = std::make_shared<c10d::Logger>(part->reducer);
  part->reducer->set_logger(part->logger);
  out.part(part);
}

/// (reducer, the module's name, broadcast buffers, has SyncBatchNorm, static graph)
void reducer_describe(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = read_reducer(in);
  const std::string name = in.string();
  const bool broadcasts = in.boolean();
  const bool has_sync = in.boolean();
  part->logger->set_construction_data_and_log(name, {}, -1, broadcasts, has_sync, in.boolean());
}

void reducer_set_static_graph(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = read_reducer(in);
  part->reducer->set_static_graph();
  part->logger->set_static_graph();
}

/// A forward pass whose backward pass exchanges gradients.
void reducer_prepare_forward(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = read_reducer(in);
  part->logger->set_runtime_stats_and_log();
  part->reducer->prepare_for_forward();
}

void reducer_rebuild_buckets(Environment&, FrameReader& in, FrameWriter& out) {
  const auto part = read_reducer(in);
  part->connections->settle();
  out.boolean(part->reducer->rebuild_buckets());
}

/// (reducer, the outputs that lead to parameters; none where all are used)
void reducer_prepare_backward(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = read_reducer(in);
  part->connections->settle();
  part->reducer->prepare_for_backward(in.tensors());
}

/// Inside of a backward pass whose graph is not known to stay the same: exchanges all gradients at its end.
void reducer_delay(Environment&, FrameReader& in, FrameWriter&) {
  torch::autograd::Engine::get_default_engine().queue_callback(
      [reducer = read_reducer(in)->reducer] { reducer->delay_all_reduce(); });
}

/// What a rank does whose data has ended, for the backward pass of the others: (reducer, whether they look for unused
/// parameters)
void reducer_shadow_backward(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = read_reducer(in);
  part->connections->settle();
  std::vector<c10::intrusive_ptr<c10::ivalue::Future>> futures;
  for (c10d::GradBucket& each : part->reducer->get_grad_buckets(true)) {
    futures.push_back(part->reducer->run_comm_hook(each));
  }
  for (const auto& each : futures) each->waitAndThrow();
  if (in.boolean()) {
    std::vector<at::Tensor> used{part->reducer->get_local_used_map_on_device()};
    part->connections->group->allreduce(used)->wait();
  }
  part->reducer->push_rebuilt_params_for_all_indices();
}

/// Lets work of a joined rank's shadow be waited for by the next backward pass: (reducer, work, whether the divisor
/// stays)
void reducer_set_forward_work(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = read_reducer(in);
  const auto work = in.part<WorkPart>("Work")->work;
  part->reducer->set_forward_pass_work_handle(work, in.boolean());
}

void reducer_use_builtin_hook(Environment&, FrameReader& in, FrameWriter&) {
  const auto part = read_reducer(in);
  const auto kind = static_cast<c10d::BuiltinCommHookType>(in.integer());
  part->reducer->register_builtin_comm_hook(kind);
}

void reducer_use_hook(Environment& environment, FrameReader& in, FrameWriter&) {
  const auto part = read_reducer(in);
  part->reducer->register_comm_hook(std::make_unique<JsCommHook>(environment, part->connections, in.object()));
}

void reducer_logging_data(Environment&, FrameReader& in, FrameWriter& out) {
  const auto data = read_reducer(in)->logger->get_ddp_logging_data();
  out.dict(data.ints_map.size() + data.strs_map.size());
  for (const auto& [key, value] : data.ints_map) {
    out.string(key);
    out.integer(value);
  }
  for (const auto& [key, value] : data.strs_map) {
    out.string(key);
    out.string(value);
  }
}

}  // namespace tsorch
