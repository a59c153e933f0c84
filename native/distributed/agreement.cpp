#include "agreement.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <c10/core/ScalarType.h>

#include <algorithm>
#include <sstream>

#include "backend.h"
#include "collectives.h"

namespace tsorch {

namespace {

constexpr std::int64_t kFixed = 7;

std::string dtype_name(std::int64_t dtype) { return c10::toString(static_cast<c10::ScalarType>(dtype)); }

std::string described(const std::int64_t* row) {
  std::ostringstream text;
  text << operation_name(row[0]) << "(";
  if (row[1] >= 0) {
    text << dtype_name(row[1]) << ", " << row[3] << (row[3] == 1 ? " element" : " elements");
    if (row[2] > 1) text << " in " << row[2] << " tensors";
  }
  if (row[5] >= 0) text << ", ReduceOp." << reduction_name(row[5]);
  if (row[6] >= 0) text << ", rank " << row[6];
  text << ")";
  return text.str();
}

/// Names the peer in what gloo says: a connection that is gone throws where something is asked of it first.
template <typename Step>
void with_peer(int peer, const char* operation, const Step& step) {
  try {
    step();
  } catch (const std::exception& error) {
    C10_THROW_ERROR(DistBackendError, c10::str("rank ", peer, " did not come to ", operation, ": ", error.what()));
  }
}

}  // namespace

Agreement::Agreement(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
                     std::chrono::milliseconds timeout, bool on_loopback)
    : rank_(rank), size_(size), timeout_(timeout), group_(store, rank, size, gloo_options(timeout, on_loopback, 1)) {}

void Agreement::require(const Intent& own, std::chrono::milliseconds timeout) {
  const std::int64_t width = kFixed + 2 * size_;
  const at::Tensor all = at::empty({size_ * width}, at::kLong);
  auto* const row = all.mutable_data_ptr<std::int64_t>() + rank_ * width;
  const std::int64_t fixed[kFixed] = {own.operation, own.dtype,     own.tensors, own.elements,
                                      own.shapes,    own.reduction, own.root};
  std::copy(fixed, fixed + kFixed, row);
  std::fill(row + kFixed, row + width, -1);
  std::copy(own.shares.begin(), own.shares.end(), row + kFixed);
  exchange(all.chunk(size_), operation_name(own.operation), timeout == c10d::kUnsetTimeout ? timeout_ : timeout);
  compare(all);
}

/// From this thread to gloo's and back: a collective would take a worker thread of gloo's in between.
void Agreement::exchange(const std::vector<at::Tensor>& rows, const char* operation,
                         std::chrono::milliseconds timeout) {
  using Works = std::vector<c10::intrusive_ptr<c10d::Work>>;
  Works arriving(size_);
  Works leaving(size_);
  const auto with_others = [&](const auto& step) {
    for (int peer = 0; peer < size_; peer++) {
      if (peer != rank_) with_peer(peer, operation, [&] { step(peer); });
    }
  };
  with_others([&](int peer) {
    std::vector<at::Tensor> row{rows[peer]};
    arriving[peer] = group_.recv(row, peer, 0);
  });
  with_others([&](int peer) {
    std::vector<at::Tensor> row{rows[rank_]};
    leaving[peer] = group_.send(row, peer, 0);
  });
  with_others([&](int peer) { arriving[peer]->wait(timeout); });
  with_others([&](int peer) { leaving[peer]->wait(timeout); });
}

/// Tag 0 is for collectives.
c10::intrusive_ptr<c10d::Work> Agreement::announce(const at::Tensor& tensor, int peer, int tag) {
  const std::int64_t dtype = static_cast<std::int64_t>(tensor.scalar_type());
  std::vector<at::Tensor> header{at::tensor({dtype, tensor.numel()}, at::kLong)};
  return group_.send(header, peer, tag + 1);
}

Agreement::Announced Agreement::expect(int peer, int tag) {
  const at::Tensor header = at::empty({2}, at::kLong);
  std::vector<at::Tensor> headers{header};
  return {header, peer < 0 ? group_.recvAnysource(headers, tag + 1) : group_.recv(headers, peer, tag + 1)};
}

int Agreement::require(const Announced& announced, const at::Tensor& tensor, int peer) {
  announced.arriving->wait(timeout_);
  const int source = peer < 0 ? announced.arriving->sourceRank() : peer;
  const auto* const header = announced.header.const_data_ptr<std::int64_t>();
  TORCH_CHECK(header[0] == static_cast<std::int64_t>(tensor.scalar_type()) && header[1] == tensor.numel(),
              "the ranks do not agree: rank ", source, " sends ", dtype_name(header[0]), ", ", header[1],
              " elements, where ", c10::toString(tensor.scalar_type()), ", ", tensor.numel(), " are expected");
  return source;
}

void Agreement::compare(const at::Tensor& all) const {
  const auto* const rows = all.const_data_ptr<std::int64_t>();
  const std::int64_t width = kFixed + 2 * size_;
  const auto share = [&](int rank, int place) { return rows[rank * width + kFixed + place]; };
  for (int rank = 0; rank < size_; rank++) {
    const auto* const row = rows + rank * width;
    TORCH_CHECK(std::equal(row, row + kFixed, rows), "the ranks do not agree: rank 0 called ", described(rows),
                ", rank ", rank, " ", described(row),
                row[4] != rows[4] && row[3] == rows[3] ? ", divided differently among the tensors" : "");
    for (int other = 0; other < size_; other++) {
      TORCH_CHECK(share(rank, other) == share(other, size_ + rank), "the ranks do not agree: in ",
                  operation_name(row[0]), " rank ", rank, " sends ", share(rank, other), " elements to rank ", other,
                  ", which expects ", share(other, size_ + rank));
    }
  }
}

}  // namespace tsorch
