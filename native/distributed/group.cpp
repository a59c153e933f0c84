#include "group.h"

#include <torch/csrc/distributed/c10d/debug.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>

#include <cstdlib>
#include <thread>

#include "backend.h"
#include "work.h"

namespace tsorch {

namespace {

using c10d::Backend;
using c10d::ProcessGroup;
using StorePtr = c10::intrusive_ptr<c10d::Store>;

StorePtr prefixed(const std::string& prefix, const StorePtr& store) {
  return c10::make_intrusive<c10d::PrefixStore>(prefix, store);
}

std::string mark_of(int rank) { return "tsorch/agrees/" + std::to_string(rank); }

/// Each rank tells before it connects; connecting, it waits for the others, which have told by then.
bool tells_that_it_agrees() {
  const char* setting = std::getenv("TSORCH_DISTRIBUTED_CHECK");
  const bool off = setting != nullptr && std::string(setting) == "0";
  return !off && !c10d::getDefaultGlooLazyInit() && c10d::debug_level() != c10d::DebugLevel::Detail;
}

/// Of two threads a device, as Python has it.
constexpr int kThreads = 2;

c10::intrusive_ptr<Backend> connect(const GroupDescription& given, const StorePtr& store) {
  auto options = gloo_options(given.timeout, given.on_loopback, kThreads);
  options->group_name = given.name;
  options->global_ranks_in_group = given.global_ranks;
  auto gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, given.rank, given.size, std::move(options));
  gloo->setSequenceNumberForGroup();
  if (c10d::debug_level() != c10d::DebugLevel::Detail) return gloo;
  // Python's check of collectives, which its ranks expect at this level.
  auto helper =
      c10::make_intrusive<c10d::ProcessGroupGloo>(prefixed("pg_wrapper:" + given.name, store), given.rank, given.size,
                                                  gloo_options(given.timeout, given.on_loopback, kThreads));
  return c10::make_intrusive<c10d::ProcessGroupWrapper>(gloo, helper);
}

}  // namespace

Connections::Connections(const GroupDescription& given)
    : group(c10::make_intrusive<ProcessGroup>(prefixed(given.name + "/", given.store), given.rank, given.size)) {
  const StorePtr store = prefixed("cpu/", group->getStore());
  const bool agrees = given.size > 1 && tells_that_it_agrees();
  if (agrees) store->set(mark_of(given.rank), "1");
  backend_ = connect(given, store);
  group->setDefaultBackend(ProcessGroup::BackendType::GLOO);
  group->setBackend(c10::DeviceType::CPU, ProcessGroup::BackendType::GLOO, backend_);
  group->setBackend(c10::DeviceType::CUDA, ProcessGroup::BackendType::GLOO, backend_);
  group->setGroupName(given.name);
  group->setGroupDesc(given.description);
  if (agrees && all_are_ours(*store)) {
    agreement_ = std::make_unique<Agreement>(prefixed("tsorch/", store), given.rank, given.size, given.timeout,
                                             given.on_loopback);
  }
}

bool Connections::all_are_ours(c10d::Store& store) const {
  std::vector<std::string> marks;
  for (int rank = 0; rank < group->getSize(); rank++) marks.push_back(mark_of(rank));
  return store.check(marks);
}

void Connections::run(CollectiveCall& call) {
  if (!lane_.is_idle()) {
    start(call)->wait();
    return;
  }
  if (asks()) agreement_->require(intent_of(call, group->getSize()), call.timeout);
  noted(launch(*backend_, call))->wait();
}

c10::intrusive_ptr<c10d::Work> Connections::start(CollectiveCall call) {
  if (!asks()) {
    settle();
    return noted(launch(*backend_, call));
  }
  auto work = c10::make_intrusive<AgreedWork>(call.outputs.empty() ? call.inputs : call.outputs);
  lane_.add([this, call = std::move(call), work]() mutable {
    try {
      agreement_->require(intent_of(call, group->getSize()), call.timeout);
      work->follow(launch(*backend_, call));
    } catch (...) {
      work->fail(std::current_exception());
    }
  });
  return noted(work);
}

std::shared_ptr<WorkPart> Connections::send(const at::Tensor& tensor, int peer, int tag) {
  std::vector<at::Tensor> tensors{tensor};
  if (!agreement_) return std::make_shared<WorkPart>(backend_->send(tensors, peer, tag), true);
  auto announcement = agreement_->announce(tensor, peer, tag);
  auto message = backend_->send(tensors, peer, tag);
  return std::make_shared<WorkPart>(c10::make_intrusive<AnnouncedSend>(announcement, message), true);
}

std::shared_ptr<WorkPart> Connections::receive(const at::Tensor& tensor, int peer, int tag, bool waits) {
  if (!agreement_) {
    std::vector<at::Tensor> tensors{tensor};
    auto message = peer < 0 ? backend_->recvAnysource(tensors, tag) : backend_->recv(tensors, peer, tag);
    return std::make_shared<WorkPart>(std::move(message), true);
  }
  auto work = c10::make_intrusive<AgreedWork>(std::vector<at::Tensor>{tensor});
  auto task = [this, work, tensor, peer, tag, announced = agreement_->expect(peer, tag)] {
    try {
      const int source = agreement_->require(announced, tensor, peer);
      std::vector<at::Tensor> tensors{tensor};
      backend_->recv(tensors, source, tag)->wait();
      work->complete(source);
    } catch (...) {
      work->fail(std::current_exception());
    }
  };
  Lane& lane = receiving_[{peer, tag}];
  if (waits && lane.is_idle()) {
    task();
  } else {
    lane.add(task);
  }
  return std::make_shared<WorkPart>(work, false);
}

void Connections::monitored_barrier(std::chrono::milliseconds timeout, bool wait_all_ranks) {
  c10d::BarrierOptions options;
  options.timeout = timeout;
  backend_->monitoredBarrier(options, wait_all_ranks);
}

void Connections::set_timeout(std::chrono::milliseconds timeout) { backend_->setTimeout(timeout); }

c10::intrusive_ptr<c10d::Work> Connections::noted(c10::intrusive_ptr<c10d::Work> work) {
  std::erase_if(under_way_, [](const auto& each) {
    const auto alive = each.lock();
    return !alive || alive->isCompleted();
  });
  under_way_.emplace_back(work);
  return work;
}

bool Connections::is_busy() {
  if (!lane_.is_idle()) return true;
  for (auto& [from, lane] : receiving_) {
    if (!lane.is_idle()) return true;
  }
  for (const auto& each : under_way_) {
    const auto alive = each.lock();
    if (alive && !alive->isCompleted()) return true;
  }
  return false;
}

GroupPart::GroupPart(const GroupDescription& description) : connections(std::make_shared<Connections>(description)) {}

GroupPart::~GroupPart() { close(); }

void GroupPart::close() {
  if (!connections) return;
  // A rank that does not answer keeps gloo's end of it waiting: then another thread waits, which ends with the process.
  if (connections->is_busy()) {
    std::thread([left = std::move(connections)] {}).detach();
  }
  connections.reset();
}

Connections& GroupPart::open() const {
  TORCH_CHECK_VALUE(connections, "Invalid process group specified");
  return *connections;
}

namespace {

std::shared_ptr<GroupPart> read_group(FrameReader& in) { return in.part<GroupPart>("ProcessGroup"); }

/// gloo has no complex numbers, and writes to memory that autograd would guard.
std::vector<at::Tensor> read_tensors(FrameReader& in) {
  std::vector<at::Tensor> tensors = in.tensors();
  for (at::Tensor& each : tensors) {
    if (each.requires_grad()) each = each.detach();
    if (each.is_complex()) each = at::view_as_real(each);
  }
  return tensors;
}

CollectiveCall read_call(FrameReader& in) {
  CollectiveCall call;
  call.operation = in.integer();
  call.inputs = read_tensors(in);
  call.outputs = read_tensors(in);
  call.reduction = in.integer();
  call.root = in.integer();
  call.output_shares = in.integers();
  call.input_shares = in.integers();
  call.timeout = read_timeout(in);
  return call;
}

}  // namespace

/// (store, name, description, rank, size, timeout, global ranks, whether its sockets are bound to loopback)
void group_make(Environment&, FrameReader& in, FrameWriter& out) {
  c10d::setDebugLevelFromEnvironment();
  GroupDescription given;
  given.store = read_store(in);
  given.name = in.string();
  given.description = in.string();
  given.rank = static_cast<int>(in.integer());
  given.size = static_cast<int>(in.integer());
  given.timeout = read_timeout(in);
  for (const std::int64_t each : in.integers()) given.global_ranks.push_back(static_cast<std::uint64_t>(each));
  given.on_loopback = in.boolean();
  out.part(std::make_shared<GroupPart>(given));
}

void group_close(Environment&, FrameReader& in, FrameWriter&) { read_group(in)->close(); }

void group_set_timeout(Environment&, FrameReader& in, FrameWriter&) {
  const auto group = read_group(in);
  group->open().set_timeout(read_timeout(in));
}

void group_run(Environment&, FrameReader& in, FrameWriter&) {
  const auto group = read_group(in);
  CollectiveCall call = read_call(in);
  group->open().run(call);
}

void group_start(Environment&, FrameReader& in, FrameWriter& out) {
  const auto group = read_group(in);
  out.part(std::make_shared<WorkPart>(group->open().start(read_call(in)), false));
}

/// (group, whether it sends, tensor, the other rank, tag, whether what is received is waited for)
void group_exchange(Environment&, FrameReader& in, FrameWriter& out) {
  const auto group = read_group(in);
  const bool sends = in.boolean();
  at::Tensor tensor = in.tensor().detach();
  if (tensor.is_complex()) tensor = at::view_as_real(tensor);
  const int peer = static_cast<int>(in.integer());
  const int tag = static_cast<int>(in.integer());
  const bool waits = in.boolean();
  Connections& open = group->open();
  out.part(sends ? open.send(tensor, peer, tag) : open.receive(tensor, peer, tag, waits));
}

void group_monitored_barrier(Environment&, FrameReader& in, FrameWriter&) {
  const auto group = read_group(in);
  const auto timeout = read_timeout(in);
  group->open().monitored_barrier(timeout, in.boolean());
}

}  // namespace tsorch
