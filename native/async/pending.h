// What stands for a result that a native thread has still to compute.
#pragma once

#include <ATen/core/ivalue.h>
#include <c10/core/TensorImpl.h>

#include <string>

#include "../handle_table.h"

namespace tsorch {

class Job;

/// A tensor of which nothing is known yet: who asks for its shape or its elements gets an error. It takes part in the
/// calls of its own job only, and the job puts the computed tensor in its place.
struct PendingTensor final : c10::TensorImpl {
  PendingTensor(const Job& job, c10::Device device);
  /// The one that a tensor is, or null.
  static PendingTensor* of(const at::Tensor& tensor);

  const Job* job;
  at::Tensor value;  // written by the thread that runs the job, read when that is over

 private:
  c10::IntArrayRef sizes_custom() const override;
  c10::IntArrayRef strides_custom() const override;
  c10::SymIntArrayRef sym_sizes_custom() const override;
  c10::SymIntArrayRef sym_strides_custom() const override;
  std::int64_t numel_custom() const override;
  c10::SymInt sym_numel_custom() const override;
  std::int64_t dim_custom() const override;
  c10::SymBool sym_is_contiguous_custom(c10::MemoryFormat) const override;
};

/// The same for what is no tensor: what a program gives.
struct PendingValue final : Part {
  c10::IValue value;
};

/// Throws the error of asking too early.
[[noreturn]] void not_computed();

/// Whether it says that an operator has no kernel for a pending tensor: outside of the job's own function.
bool is_about_pending(const std::string& message);
extern const char* const kNotComputed;

/// Replaces pending tensors by their values, in lists, tuples and dictionaries too.
void resolve(c10::IValue& value);

/// Refuses pending tensors of other jobs, which may not be computed in time.
void check_pending(const c10::IValue& value, const Job& job);

}  // namespace tsorch
