// Kernels that go where an index says without looking whether it is one.
#include <numeric>

#include "../../func/outside.h"
#include "named.h"

namespace tsorch {

namespace {

using torch::jit::Stack;

/// Whether the numbers can be looked at here, and are whole ones; libtorch complains of others.
bool is_readable(const at::Tensor& indices) {
  return indices.defined() && indices.is_cpu() && indices.layout() == at::kStrided && !indices.is_nested() &&
         indices.has_storage() && (indices.scalar_type() == at::kLong || indices.scalar_type() == at::kInt);
}

/// The numbers of an index tensor in their order.
std::vector<std::int64_t> numbers_of(const at::Tensor& indices) {
  const OutsideTransforms outside;  // under torch.func a copy would be a wrapper without memory
  const at::Tensor flat = indices.to(at::kLong).contiguous();
  const auto* data = flat.const_data_ptr<std::int64_t>();
  return {data, data + flat.numel()};
}

void check_number(std::int64_t index, std::int64_t size, std::string_view name) {
  TORCH_CHECK_INDEX(index >= 0 && index < size, name, ": index ", index, " is out of bounds for size ", size);
}

/// Every number is an index of something of that size.
void check_indices(const at::Tensor& indices, std::int64_t size, std::string_view name) {
  if (!is_readable(indices)) return;
  for (const std::int64_t index : numbers_of(indices)) check_number(index, size, name);
}

/// Numbers that begin with 0, do not decrease, and do not pass `most`.
void check_offsets(const std::int64_t* first, std::int64_t count, std::int64_t most, std::string_view name) {
  const bool rising = count > 0 && first[0] == 0 && std::is_sorted(first, first + count);
  TORCH_CHECK(rising && first[count - 1] <= most, name, " must begin with 0, not decrease, and not pass ", most);
}

/// (grad_output, self, …, indices) of planes (or volumes): where the largest elements were.
template <int dims>
void check_pool(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const at::Tensor self = named.tensor("self"), grad = named.tensor("grad_output"), indices = named.tensor("indices");
  if (self.dim() <= dims) return;
  TORCH_CHECK(indices.sizes() == grad.sizes(), "expected indices of shape ", grad.sizes(), ", got ", indices.sizes());
  const auto plane = self.sizes().slice(self.dim() - dims);
  check_indices(indices, std::accumulate(plane.begin(), plane.end(), std::int64_t{1}, std::multiplies<>()), "indices");
}

/// The gradients of embedding bags: which rows of the weight were in which bag.
void check_bags(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const at::Tensor grad = named.tensor("grad"), indices = named.tensor("indices"), bags = named.tensor("offset2bag");
  if (grad.dim() != 2) return;
  const at::Tensor weight = op.parameters[1].argument->name() == "weight" ? named.tensor("weight") : at::Tensor();
  if (weight.defined() && weight.dim() != 2) return;
  check_indices(indices, weight.defined() ? weight.size(0) : named.integer("num_weights"), "indices");
  check_indices(bags, grad.size(0), "offset2bag");
  TORCH_CHECK(bags.numel() == indices.numel() || bags.numel() == 0, "offset2bag must have as many elements as indices");
  TORCH_CHECK(!weight.defined() || weight.size(1) == grad.size(1), "expected a gradient of ", weight.size(1),
              " columns");
}

/// Each bag has a size; `maximum_indices` has the shape of the gradient.
void check_counted_bags(const Operator& op, const Stack& arguments) {
  check_bags(op, arguments);
  const Named named(op, arguments);
  const at::Tensor grad = named.tensor("grad"), sizes = named.tensor("bag_size");
  if (grad.dim() != 2) return;
  TORCH_CHECK(sizes.numel() == grad.size(0) || named.integer("mode") != 1, "expected a bag_size for each of ",
              grad.size(0), " bags");
}

std::vector<std::int64_t> lengths_of(const Named& named, std::string_view name) {
  if (named.has_list(name)) {
    const c10::DimVector lengths = named.integers(name);
    return {lengths.begin(), lengths.end()};
  }
  const at::Tensor lengths = named.tensor(name);
  return is_readable(lengths) ? numbers_of(lengths) : std::vector<std::int64_t>();
}

/// Labels within the targets' lengths; what pads them is not looked at.
void check_labels(const at::Tensor& targets, const std::vector<std::int64_t>& lengths, std::int64_t labels) {
  const std::vector<std::int64_t> numbers = numbers_of(targets);
  const auto count = static_cast<std::int64_t>(numbers.size());
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < lengths.size(); i++) {
    if (targets.dim() == 2) begin = static_cast<std::int64_t>(i) * targets.size(1);
    if (lengths[i] < 0 || begin > count || lengths[i] > count - begin) return;  // libtorch's errors
    for (std::int64_t at = begin; at < begin + lengths[i]; at++) check_number(numbers[at], labels, "targets");
    begin += lengths[i];
  }
}

void check_ctc(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const at::Tensor log_probs = named.tensor("log_probs"), targets = named.tensor("targets");
  if (log_probs.dim() < 2 || log_probs.dim() > 3 || !is_readable(targets)) return;
  check_labels(targets, lengths_of(named, "target_lengths"), log_probs.size(-1));
}

void check_ctc_backward(const Operator& op, const Stack& arguments) {
  check_ctc(op, arguments);
  const Named named(op, arguments);
  const at::Tensor log_probs = named.tensor("log_probs"), alpha = named.tensor("log_alpha");
  TORCH_CHECK(log_probs.dim() == 3 && alpha.dim() == 3 && alpha.size(0) == log_probs.size(1),
              "expected log_probs and log_alpha of three dimensions and the same batch");
  const std::int64_t batch = log_probs.size(1);
  const auto inputs = lengths_of(named, "input_lengths"), targets = lengths_of(named, "target_lengths");
  TORCH_CHECK(static_cast<std::int64_t>(inputs.size()) == batch && static_cast<std::int64_t>(targets.size()) == batch &&
                  named.tensor("grad").numel() == batch && named.tensor("neg_log_likelihood").numel() == batch,
              "expected lengths, likelihoods and gradients for a batch of ", batch);
  const std::int64_t most = std::min(log_probs.size(0), alpha.size(1));
  for (std::int64_t i = 0; i < batch; i++) {
    TORCH_CHECK(inputs[i] >= 0 && inputs[i] <= most, "expected input_lengths of at most ", most);
    TORCH_CHECK(targets[i] >= 0 && targets[i] <= (alpha.size(2) - 1) / 2, "expected target_lengths of at most ",
                (alpha.size(2) - 1) / 2);
  }
  const at::Tensor labels = named.tensor("targets");
  const std::int64_t total = std::accumulate(targets.begin(), targets.end(), std::int64_t{0});
  TORCH_CHECK(labels.dim() == 2 ? labels.size(0) == batch && labels.size(1) >= (alpha.size(2) - 1) / 2
                                : labels.numel() >= total,
              "expected more targets");
}

/// Rows of lengths, or of offsets, of the segments along an axis; returns how many segments there are.
std::int64_t check_segments(const Named& named, const at::Tensor& data) {
  const bool by_offsets = named.tensor("offsets").defined();
  const at::Tensor given = named.tensor(by_offsets ? "offsets" : "lengths");
  if (!is_readable(given) || given.dim() == 0 || given.dim() > data.dim()) return -1;
  const std::int64_t most = data.size(given.dim() - 1);
  const std::int64_t width = given.size(-1);
  std::vector<std::int64_t> numbers = numbers_of(given);
  for (std::size_t row = 0; row < numbers.size(); row += static_cast<std::size_t>(width)) {
    std::int64_t* first = numbers.data() + row;
    if (by_offsets) {
      check_offsets(first, width, most, "offsets");
      continue;
    }
    std::int64_t rest = most;
    for (std::int64_t i = 0; i < width; i++) {
      TORCH_CHECK(first[i] >= 0 && first[i] <= rest, "lengths must not be negative, nor add up to more than ", most);
      rest -= first[i];
    }
  }
  return by_offsets ? width - 1 : width;
}

void check_segment_reduce(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  check_segments(named, named.tensor("data"));
}

void check_segment_reduce_backward(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const at::Tensor data = named.tensor("data"), output = named.tensor("output"), grad = named.tensor("grad");
  const std::int64_t segments = check_segments(named, data);
  if (segments < 0) return;
  c10::DimVector sizes(data.sizes());
  const at::Tensor offsets = named.tensor("offsets");
  sizes[(offsets.defined() ? offsets : named.tensor("lengths")).dim() - 1] = segments;
  TORCH_CHECK(grad.sizes() == at::IntArrayRef(sizes) && output.sizes() == at::IntArrayRef(sizes),
              "expected a gradient and an output of shape ", at::IntArrayRef(sizes));
}

void check_rows_of_coordinates(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  check_indices(named.tensor("self"), named.integer("size"), "indices");
}

void check_row_starts(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const at::Tensor starts = named.tensor("crow_indices"), columns = named.tensor("col_indices");
  if (!is_readable(starts) || starts.dim() == 0 || columns.dim() != starts.dim()) return;
  const std::vector<std::int64_t> numbers = numbers_of(starts);
  const std::int64_t width = starts.size(-1);
  for (std::size_t row = 0; row < numbers.size(); row += static_cast<std::size_t>(width)) {
    check_offsets(numbers.data() + row, width, columns.size(-1), "crow_indices");
  }
}

constexpr CheckedOperator kIndexed[] = {
    {"aten::max_pool2d_with_indices_backward", "", check_pool<2>},
    {"aten::max_pool2d_with_indices_backward", "grad_input", check_pool<2>},
    {"aten::max_pool3d_with_indices_backward", "", check_pool<3>},
    {"aten::max_pool3d_with_indices_backward", "grad_input", check_pool<3>},
    {"aten::adaptive_max_pool2d_backward", "", check_pool<2>},
    {"aten::adaptive_max_pool2d_backward", "grad_input", check_pool<2>},
    {"aten::adaptive_max_pool3d_backward", "", check_pool<3>},
    {"aten::adaptive_max_pool3d_backward", "grad_input", check_pool<3>},
    {"aten::_embedding_bag_backward", "", check_counted_bags},
    {"aten::_embedding_bag_dense_backward", "", check_counted_bags},
    {"aten::_embedding_bag_dense_backward", "out", check_counted_bags},
    {"aten::_embedding_bag_sparse_backward", "", check_counted_bags},
    {"aten::_embedding_bag_per_sample_weights_backward", "", check_bags},
    {"aten::_embedding_bag_per_sample_weights_backward", "out", check_bags},
    {"aten::ctc_loss", "IntList", check_ctc},
    {"aten::ctc_loss", "Tensor", check_ctc},
    {"aten::_ctc_loss", "", check_ctc},
    {"aten::_ctc_loss", "out", check_ctc},
    {"aten::_ctc_loss", "Tensor", check_ctc},
    {"aten::_ctc_loss", "Tensor_out", check_ctc},
    {"aten::_ctc_loss_backward", "", check_ctc_backward},
    {"aten::_ctc_loss_backward", "out", check_ctc_backward},
    {"aten::_ctc_loss_backward", "Tensor", check_ctc_backward},
    {"aten::segment_reduce", "", check_segment_reduce},
    {"aten::segment_reduce", "out", check_segment_reduce},
    {"aten::_segment_reduce_backward", "", check_segment_reduce_backward},
    {"aten::_segment_reduce_backward", "out", check_segment_reduce_backward},
    {"aten::_convert_indices_from_coo_to_csr", "", check_rows_of_coordinates},
    {"aten::_convert_indices_from_coo_to_csr", "out", check_rows_of_coordinates},
    {"aten::_convert_indices_from_csr_to_coo", "", check_row_starts},
    {"aten::_convert_indices_from_csr_to_coo", "out", check_row_starts},
};

}  // namespace

c10::ArrayRef<CheckedOperator> index_checks() { return kIndexed; }

}  // namespace tsorch
