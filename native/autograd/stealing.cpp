#include "stealing.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/native/SparseTensorUtils.h>
#include <ATen/ops/_lazy_clone.h>
#include <ATen/ops/_sparse_coo_tensor_unsafe.h>
#include <c10/core/impl/COW.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>

#include <algorithm>

namespace tsorch {

namespace {

using torch::autograd::variable_list;

std::size_t count(const variable_list& list, const at::Tensor& tensor) {
  return std::ranges::count_if(list, [&](const at::Tensor& other) { return other.is_same(tensor); });
}

bool can_be_copied_lazily(const c10::StorageImpl& storage) {
  return c10::impl::cow::has_simple_data_ptr(storage) || c10::impl::cow::is_cow_data_ptr(storage.data_ptr());
}

/// Whether a lazy copy stands for a dense tensor in every respect.
bool is_plain(const at::Tensor& tensor) {
  using c10::DispatchKey;
  const auto plain =
      c10::autograd_dispatch_keyset |
      c10::DispatchKeySet({DispatchKey::CPU, DispatchKey::CUDA, DispatchKey::ADInplaceOrView, DispatchKey::AutocastCPU,
                           DispatchKey::AutocastCUDA, DispatchKey::Conjugate, DispatchKey::Negative});
  return plain.has_all(tensor.key_set()) && tensor.unsafeGetTensorImpl()->autograd_meta() == nullptr &&
         tensor.storage().use_count() == 1 && can_be_copied_lazily(*tensor.storage().unsafeGetStorageImpl());
}

/// The object of a tensor, if it has one, gets another.
void replace(Environment& environment, const at::Tensor& tensor, at::Tensor copy) {
  const auto [handle, known] = environment.handles.adopt(tensor);
  if (!known) return environment.handles.release(environment.env(), handle);
  copy.unsafeGetTensorImpl()->set_version_counter(c10::VariableVersion(static_cast<std::uint32_t>(tensor._version())));
  environment.handles.replace(handle, std::move(copy));
}

/// The parts of a sparse gradient are kept as they are, too.
void let_keep_sparse(Environment& environment, const at::Tensor& gradient) {
  const auto* sparse = at::sparse::get_sparse_impl(gradient);
  const at::Tensor indices = sparse->indices();
  const at::Tensor values = sparse->values();
  if (!is_plain(indices) || !is_plain(values)) return;
  const at::Tensor indices_copy = at::_lazy_clone(indices);
  const at::Tensor values_copy = at::_lazy_clone(values);
  replace(environment, indices, indices_copy);
  replace(environment, values, values_copy);
  replace(environment, gradient,
          at::_sparse_coo_tensor_unsafe(indices_copy.alias(), values_copy.alias(), gradient.sizes(), gradient.options(),
                                        gradient.is_coalesced()));
}

/// `holders` is how many references the lists of the caller hold.
void let_keep(Environment& environment, const at::Tensor& gradient, std::size_t holders) {
  if (gradient.use_count() != holders + 1) return;
  const at::AutoDispatchBelowADInplaceOrView below;
  if (gradient.layout() == at::kSparse) {
    let_keep_sparse(environment, gradient);
  } else if (gradient.has_storage() && is_plain(gradient)) {
    replace(environment, gradient, at::_lazy_clone(gradient));
  }
}

}  // namespace

bool is_leaf_node(const torch::autograd::Node* node) {
  return dynamic_cast<const torch::autograd::AccumulateGrad*>(node) != nullptr;
}

void let_leaves_keep(Environment& environment, const torch::autograd::Node& node, const variable_list& before,
                     const variable_list& gradients) {
  if (at::GradMode::is_enabled()) return;
  for (std::size_t i = 0; i < gradients.size(); i++) {
    const at::Tensor& gradient = gradients[i];
    if (!gradient.defined() || !is_leaf_node(node.next_edge(i).function.get())) continue;
    let_keep(environment, gradient, count(before, gradient) + count(gradients, gradient));
  }
}

void let_leaf_keep(Environment& environment, const variable_list& before, const variable_list& gradients) {
  if (at::GradMode::is_enabled()) return;
  for (const at::Tensor& gradient : gradients) {
    if (gradient.defined()) let_keep(environment, gradient, count(before, gradient) + count(gradients, gradient));
  }
}

}  // namespace tsorch
