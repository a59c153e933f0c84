#include "named.h"

namespace tsorch {

ArgumentCheck find_check(const c10::OperatorName& name) {
  for (const auto& checks : {view_checks(), index_checks(), size_checks()}) {
    for (const CheckedOperator& each : checks) {
      if (each.name == name.name && each.overload == name.overload_name) return each.check;
    }
  }
  return find_list_check(name);
}

}  // namespace tsorch
