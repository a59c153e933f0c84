#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cstring>

#include "../environment.h"

namespace tsorch {

namespace {

/// Whether copying the bytes of rows gives what stacking the rows gives: the same layout, and no graph.
bool has_plain_rows(const at::Tensor& tensor) {
  return tensor.is_cpu() && tensor.layout() == at::kStrided && tensor.has_storage() && !tensor.is_quantized() &&
         !tensor.is_nested() && !tensor.is_conj() && !tensor.is_neg() && !tensor._is_zerotensor() &&
         tensor.is_contiguous() && tensor.dim() > 0 && !(tensor.requires_grad() && at::GradMode::is_enabled());
}

at::Tensor rows_of(const at::Tensor& tensor, const std::vector<std::int64_t>& indices) {
  std::vector<std::int64_t> sizes = tensor.sizes().vec();
  const std::size_t width = sizes[0] == 0 ? 0 : tensor.nbytes() / sizes[0];
  sizes[0] = static_cast<std::int64_t>(indices.size());
  at::Tensor rows = at::empty(sizes, tensor.options());
  if (width == 0) return rows;
  const char* from = static_cast<const char*>(tensor.const_data_ptr());
  char* to = static_cast<char*>(rows.mutable_data_ptr());
  for (const std::int64_t index : indices) {
    std::memcpy(to, from + index * width, width);
    to += width;
  }
  return rows;
}

}  // namespace

void tensor_rows(Environment&, FrameReader& in, FrameWriter& out) {
  const std::vector<at::Tensor> tensors = in.tensors();
  const std::vector<std::int64_t> indices = in.integers();
  const auto is_inside = [&](const at::Tensor& tensor) {
    return std::all_of(indices.begin(), indices.end(),
                       [count = tensor.size(0)](std::int64_t index) { return index >= 0 && index < count; });
  };
  const bool possible = std::all_of(tensors.begin(), tensors.end(), [&](const at::Tensor& tensor) {
    return has_plain_rows(tensor) && is_inside(tensor);
  });
  if (!possible) return out.none();
  std::vector<at::Tensor> rows;
  rows.reserve(tensors.size());
  for (const at::Tensor& tensor : tensors) rows.push_back(rows_of(tensor, indices));
  out.tensors(rows);
}

}  // namespace tsorch
