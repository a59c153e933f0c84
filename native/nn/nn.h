// torch.nn: parameters, and what is done to all gradients of a module at once.
#pragma once

#include "../environment.h"

namespace tsorch {

// parameter.cpp
/// (data, requires grad) -> a leaf over the same memory
void nn_parameter(Environment&, FrameReader&, FrameWriter&);

// clip_grad.cpp
/// (tensors, order of the norm) -> the norm of all their elements
void nn_total_norm(Environment&, FrameReader&, FrameWriter&);
/// (parameters, greatest norm, their gradients' norm) scales the gradients down to the greatest norm
void nn_clip_grads_with_norm(Environment&, FrameReader&, FrameWriter&);
/// (parameters, greatest norm, order of the norm) -> the norm of the gradients, which are scaled down to the greatest
void nn_clip_grad_norm(Environment&, FrameReader&, FrameWriter&);
/// (parameters, greatest value) clamps every element of the gradients
void nn_clip_grad_value(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
