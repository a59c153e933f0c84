// Where the elements of tensors lie: no operator may leave one outside of its storage.
#pragma once

#include <ATen/ATen.h>
#include <c10/util/SmallVector.h>

#include <optional>
#include <vector>

#include "operator.h"

namespace tsorch {

/// How many bytes of a storage elements reach to; none when that is more than 63 bits can say, or something is
/// negative.
std::optional<std::int64_t> bytes_reached(at::IntArrayRef sizes, at::IntArrayRef strides, std::int64_t offset,
                                          std::size_t itemsize);

/// Whether a tensor has elements in memory, of which its sizes, strides and offset speak.
bool has_elements_in_memory(const at::Tensor& tensor);

/// Refuses, in the words of libtorch's own check, elements of `self` that would reach outside of its storage.
void check_inside(const at::Tensor& self, at::IntArrayRef sizes, at::IntArrayRef strides, std::int64_t offset,
                  std::size_t itemsize);

/// What a call may change of the arguments that it writes to. libtorch gives a tensor its new sizes before it has the
/// memory: when there is none, or the storage may not grow, the tensor claims memory that it does not own.
class KeptPlacements {
 public:
  KeptPlacements(const Operator& op, const torch::jit::Stack& stack);

  /// After a failed call: every tensor lies where it lay.
  void restore() const;

  /// After a call: every element lies inside its storage, or this throws.
  void check() const;

 private:
  struct Kept {
    explicit Kept(const at::Tensor& tensor);

    bool is_changed() const;
    void restore() const;

    at::Tensor tensor;
    c10::Storage storage;
    std::int64_t offset;
    c10::SmallVector<std::int64_t, 10> sizes_and_strides;
  };

  void keep(const at::Tensor& tensor);

  std::optional<Kept> first_;  // nearly always the only one
  std::vector<Kept> others_;
};

}  // namespace tsorch
