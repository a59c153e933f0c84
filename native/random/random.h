// Random number generators.
#pragma once

#include "../environment.h"

namespace tsorch {

/// (device) -> a generator of its own
void make_generator(Environment&, FrameReader&, FrameWriter&);
/// (device) -> the generator that operators use when none is given
void default_generator(Environment&, FrameReader&, FrameWriter&);
/// (generator, seed)
void generator_manual_seed(Environment&, FrameReader&, FrameWriter&);
/// (generator) -> a fresh seed, set
void generator_seed(Environment&, FrameReader&, FrameWriter&);
/// (generator) -> the seed it started from
void generator_initial_seed(Environment&, FrameReader&, FrameWriter&);
/// (generator) -> its state, a uint8 tensor
void generator_state(Environment&, FrameReader&, FrameWriter&);
/// (generator, state)
void set_generator_state(Environment&, FrameReader&, FrameWriter&);
/// (generator) -> device
void generator_device(Environment&, FrameReader&, FrameWriter&);
/// (seed) seeds the default generator of every device
void manual_seed(Environment&, FrameReader&, FrameWriter&);
/// () gives this thread a CPU stream of its own, for worker threads
void own_random_stream(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
