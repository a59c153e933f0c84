// What lib/memory.ts asks of the handle table. See docs on memory for the whole scheme.
#pragma once

#include "../environment.h"

namespace tsorch {

/// (handles without tags) and their objects as arguments of Node-API: from now on the collector decides
Napi::Value weaken(Environment&, const Napi::CallbackInfo& info);

}  // namespace tsorch
