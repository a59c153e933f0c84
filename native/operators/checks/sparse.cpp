// The indices of sparse tensors, which every kernel trusts.
#include <ATen/ATen.h>
#include <ATen/SparseCsrTensorImpl.h>
#include <ATen/SparseCsrTensorUtils.h>
#include <ATen/SparseTensorImpl.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "checks.h"

namespace tsorch {

namespace {

/// The first of some numbers that is no index of a dimension; none when all are.
template <typename Index>
std::optional<std::int64_t> outside(const Index* indices, std::int64_t count, std::int64_t size) {
  std::uint64_t most = 0;  // as unsigned numbers the negative ones are larger than any size
  for (std::int64_t i = 0; i < count; i++) most = std::max(most, static_cast<std::uint64_t>(std::int64_t{indices[i]}));
  if (most < static_cast<std::uint64_t>(size) || count == 0) return std::nullopt;
  return static_cast<std::int64_t>(most);
}

void check_coordinates(const at::Tensor& tensor) {
  const auto& impl = static_cast<const at::SparseTensorImpl&>(*tensor.unsafeGetTensorImpl());
  const at::Tensor indices = impl.indices().contiguous();
  const std::int64_t count = impl.nnz();
  TORCH_CHECK(impl.values().size(0) == count, "the sparse tensor has ", count, " indices and ", impl.values().size(0),
              " values");
  for (std::int64_t dim = 0; dim < impl.sparse_dim(); dim++) {
    const auto wrong = outside(indices.const_data_ptr<std::int64_t>() + dim * count, count, impl.size(dim));
    TORCH_CHECK(!wrong || *wrong >= 0, "found negative index ", *wrong, " for dim ", dim);
    TORCH_CHECK(!wrong, "size is inconsistent with indices: for dim ", dim, ", size is ", impl.size(dim),
                " but found index ", *wrong);
  }
}

/// Where rows (or columns) begin among the others' indices, and these.
template <typename Index>
void check_rows(const at::Tensor& starts, const at::Tensor& others, std::int64_t bound) {
  const std::int64_t row_count = starts.size(-1) - 1;
  const std::int64_t count = others.size(-1);
  const std::int64_t batches = starts.numel() / (row_count + 1);
  const Index* start = starts.const_data_ptr<Index>();
  for (std::int64_t batch = 0; batch < batches; batch++, start += row_count + 1) {
    TORCH_CHECK(start[0] == 0 && start[row_count] == count && std::is_sorted(start, start + row_count + 1),
                "the compressed indices of the sparse tensor must begin with 0, not decrease, and end with ", count);
  }
  const auto wrong = outside(others.const_data_ptr<Index>(), others.numel(), bound);
  TORCH_CHECK(!wrong, "size is inconsistent with indices: the size is ", bound, " but found index ", *wrong);
}

void check_compressed(const at::Tensor& tensor) {
  const auto& impl = static_cast<const at::SparseCsrTensorImpl&>(*tensor.unsafeGetTensorImpl());
  const at::Tensor starts = impl.compressed_indices().contiguous();
  const at::Tensor others = impl.plain_indices().contiguous();
  const at::Tensor& values = impl.values();
  const std::int64_t batch_dims = starts.dim() - 1;
  const bool by_rows = impl.layout() == at::kSparseCsr || impl.layout() == at::kSparseBsr;
  const bool has_blocks = impl.layout() == at::kSparseBsr || impl.layout() == at::kSparseBsc;
  const auto blocks_along = [&](std::int64_t dim) {
    return impl.size(batch_dims + dim) /
           (has_blocks ? std::max<std::int64_t>(values.size(batch_dims + 1 + dim), 1) : 1);
  };
  TORCH_CHECK(starts.size(-1) == blocks_along(by_rows ? 0 : 1) + 1 && values.size(batch_dims) == others.size(-1),
              "the indices of the sparse tensor do not fit its size and its values");
  const std::int64_t bound = blocks_along(by_rows ? 1 : 0);
  if (starts.scalar_type() == at::kInt) return check_rows<std::int32_t>(starts, others, bound);
  check_rows<std::int64_t>(starts, others, bound);
}

}  // namespace

void check_sparse_indices(const at::Tensor& tensor) {
  const c10::DispatchKeySet wrappers({c10::DispatchKey::FuncTorchGradWrapper, c10::DispatchKey::FuncTorchBatched,
                                      c10::DispatchKey::Functionalize, c10::DispatchKey::Python});
  if (!tensor.is_cpu() || tensor.key_set().has_any(wrappers)) return;
  if (tensor.is_sparse()) {
    check_coordinates(tensor);
  } else {
    check_compressed(tensor);
  }
}

void check_sparse_arguments(const torch::jit::Stack& arguments) {
  for (const c10::IValue& argument : arguments) {
    if (argument.isTensor() && is_any_sparse(argument.toTensor())) check_sparse_indices(argument.toTensor());
    if (!argument.isTensorList()) continue;
    for (const c10::IValue& each : argument.toListRef()) {
      if (is_any_sparse(each.toTensor())) check_sparse_indices(each.toTensor());
    }
  }
}

}  // namespace tsorch
