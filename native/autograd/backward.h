// Where a backward pass runs.
#pragma once

#include "../environment.h"

namespace tsorch {

/// Runs a backward pass here, or on another thread while this one serves its callbacks (js_thread.h).
void run_pass(Environment& environment, const Work& pass);

}  // namespace tsorch
