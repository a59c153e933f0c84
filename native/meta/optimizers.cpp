// Operators that change their arguments and return nothing.
#include "meta.h"

namespace tsorch::meta {

Rules optimizer_rules() {
  static constexpr Rule kRules[] = {
      {"_amp_foreach_non_finite_check_and_unscale_", nothing},
      {"_assert_async", nothing},
      {"_fused_adam_", nothing},
      {"_fused_adamw_", nothing},
  };
  return kRules;
}

}  // namespace tsorch::meta
