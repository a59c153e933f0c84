// Automatic mixed precision: the thread's autocast mode, and gradients scaled against underflow.
#pragma once

#include "../environment.h"

namespace tsorch {

/// (device type) -> whether autocast is available there, enabled, its dtype
void autocast_state(Environment&, FrameReader&, FrameWriter&);
/// (device type, enabled)
void set_autocast_enabled(Environment&, FrameReader&, FrameWriter&);
/// (device type, dtype)
void set_autocast_dtype(Environment&, FrameReader&, FrameWriter&);
/// () -> whether casts of weights are kept until autocast ends
void is_autocast_cache_enabled(Environment&, FrameReader&, FrameWriter&);
void set_autocast_cache_enabled(Environment&, FrameReader&, FrameWriter&);
void clear_autocast_cache(Environment&, FrameReader&, FrameWriter&);
/// (difference) -> how many autocasts are open
void change_autocast_nesting(Environment&, FrameReader&, FrameWriter&);

/// (parameters, inverse scale, found inf, whether float16 gradients are allowed) -> found inf, one a device.
/// Multiplies the gradients by the inverse scale; found inf becomes 1 where one is not finite.
void amp_unscale(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
