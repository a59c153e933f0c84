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

// attention.cpp
/// (query, key, value, packed weight, bias or none) -> the three projected
void nn_project_packed(Environment&, FrameReader&, FrameWriter&);
/// (q, k, v, mask or none, heads, dropout, causal, need weights, average them, weight and bias of the output's
/// projection)
/// -> the output, or with the weights a list of both
void nn_attend(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
