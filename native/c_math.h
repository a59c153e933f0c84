// The functions of C's math library, which are Python's: JavaScript's differ in the last bit of some results.
#pragma once

#include "environment.h"
#include "frame.h"

namespace tsorch {

/// (function, x, y) -> its value; y counts for functions of two numbers only
void c_math(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
