// What lib/native/memory.ts asks of the handle table. docs/memory.md has the whole scheme.
#pragma once

#include "../environment.h"

namespace tsorch {

/// (handles without tags) and their objects as arguments of Node-API: from now on the collector decides
Napi::Value weaken(Environment&, const Napi::CallbackInfo& info);

}  // namespace tsorch
