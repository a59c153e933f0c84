// Operators that are told where the elements of their result lie.
#include <c10/util/Exception.h>
#include <c10/util/safe_numerics.h>

#include "../placement.h"
#include "named.h"

namespace tsorch {

namespace {

using torch::jit::Stack;

/// `as_strided_` adds up offset and strides without looking for an overflow, the others call what does not look at all.
void check_view(const at::Tensor& self, const c10::DimVector& sizes, const c10::DimVector& strides, std::int64_t offset,
                std::size_t itemsize) {
  if (sizes.size() == strides.size()) check_inside(self, sizes, strides, offset, itemsize);  // or libtorch complains
}

void check_as_strided(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const at::Tensor self = named.tensor("self");
  if (self.layout() != at::kStrided || self.is_nested()) return;
  const std::int64_t offset = named.integer("storage_offset", self.storage_offset());
  check_view(self, named.integers("size"), named.integers("stride"), offset, self.element_size());
}

void check_reshape_alias(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const at::Tensor self = named.tensor("self");
  if (self.layout() != at::kStrided || self.is_nested()) return;
  check_view(self, named.integers("size"), named.integers("stride"), self.storage_offset(), self.element_size());
}

void check_reinterpret(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const at::Tensor self = named.tensor("self");
  std::int64_t offset = 0;
  TORCH_CHECK(!c10::add_overflows(self.storage_offset(), named.integer("offset_increment", 0), &offset),
              "Storage offset calculation overflowed");
  check_view(self, named.integers("size"), named.integers("stride"), offset, self.element_size());
}

void check_pool(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const auto itemsize = c10::elementSize(static_cast<at::ScalarType>(named.integer("dtype")));
  const std::int64_t offset = named.integer("offset_bytes");
  TORCH_CHECK(offset >= 0 && offset % static_cast<std::int64_t>(itemsize) == 0, "offset_bytes (", offset,
              ") must be a multiple of ", itemsize);
  check_view(named.tensor("self"), named.integers("size"), named.integers("stride"),
             offset / static_cast<std::int64_t>(itemsize), itemsize);
}

/// Python's check; in libtorch the bytes of one type are read as those of another.
void check_same_dtype(const Operator& op, const Stack& arguments) {
  const Named named(op, arguments);
  const caffe2::TypeMeta own = named.tensor("self").dtype();
  const caffe2::TypeMeta given = named.tensor("source").dtype();
  TORCH_CHECK(own == given, "Could not set tensor of type ", given.name(), " to a tensor of type ", own.name());
}

constexpr CheckedOperator kViews[] = {
    {"aten::as_strided", "", check_as_strided},
    {"aten::as_strided_", "", check_as_strided},
    {"aten::as_strided_copy", "", check_as_strided},
    {"aten::as_strided_copy", "out", check_as_strided},
    {"aten::as_strided_scatter", "", check_as_strided},
    {"aten::as_strided_scatter", "out", check_as_strided},
    {"aten::_reshape_alias", "", check_reshape_alias},
    {"aten::_reshape_alias_copy", "", check_reshape_alias},
    {"aten::_reshape_alias_copy", "out", check_reshape_alias},
    {"aten::set_", "source_Tensor", check_same_dtype},
    {"inductor::_reinterpret_tensor", "", check_reinterpret},
    {"inductor::_alloc_from_pool", "", check_pool},
};

}  // namespace

c10::ArrayRef<CheckedOperator> view_checks() { return kViews; }

}  // namespace tsorch
