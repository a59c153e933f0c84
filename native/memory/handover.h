// Tensors on their way from one thread to another, without a copy: see lib/multiprocessing.
#pragma once

#include "../environment.h"

namespace tsorch {

/// (tensor) lets other threads use its memory, which can no longer be resized
void tensor_share_memory(Environment&, FrameReader&, FrameWriter&);
/// (tensor) -> whether other threads may use its memory
void tensor_is_shared(Environment&, FrameReader&, FrameWriter&);
/// (tensor) -> a token that one other environment can redeem, while this thread runs
void hand_over(Environment&, FrameReader&, FrameWriter&);
/// (token) -> a leaf tensor over the same memory; the token is used up
void take_over(Environment&, FrameReader&, FrameWriter&);
/// (tokens) forgets those that nobody has redeemed
void withdraw(Environment&, FrameReader&, FrameWriter&);
/// () -> a number for this thread
void thread_identity(Environment&, FrameReader&, FrameWriter&);
/// (number of a thread) -> whether it still runs
void is_thread_running(Environment&, FrameReader&, FrameWriter&);
/// () -> how many tensors are on their way in the process
void count_handed_over(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
