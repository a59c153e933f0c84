// Cycles that run through the graph and JavaScript at once.
//
// A hook that mentions a tensor of its own graph makes such a cycle: the graph owns the hook, the hook the tensor's
// object, the object the tensor, the tensor the graph. V8 cannot see the native half of it. So for a full collection
// every JavaScript value that the graph owns is left to the collector, and each tensor's object is given the values
// that its tensor leads to, which is what keeps them alive then. What is still there afterwards is owned again.
#pragma once

#include "../environment.h"

namespace tsorch {

/// () -> [object, what it leads to, object, ...] for a WeakMap; the values are left to the collector until
/// `fasten_values`. Null when there is nothing to do or native code is on the stack, whose owners cannot be seen.
void loosen_values(Environment&, FrameReader&, FrameWriter&);
void fasten_values(Environment&, FrameReader&, FrameWriter&);

/// () -> how many JavaScript values native objects own
void owned_values(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
