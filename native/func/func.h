// torch.func: libtorch's stack of transforms (functorch), driven from JavaScript.
//
// A transform pushes a layer, wraps the arguments at the layer's level, runs the user's function, unwraps the results
// and pops the layer. The stack belongs to the thread, in libtorch.
#pragma once

#include "../environment.h"

namespace tsorch {

// layers.cpp
/// (batch size, randomness) -> level; randomness is 'error', 'same' or 'different'
void func_push_vmap(Environment&, FrameReader&, FrameWriter&);
/// () -> level
void func_push_grad(Environment&, FrameReader&, FrameWriter&);
void func_push_jvp(Environment&, FrameReader&, FrameWriter&);
/// (whether views stay views) -> level
void func_push_functionalize(Environment&, FrameReader&, FrameWriter&);
/// (level of the top layer)
void func_pop(Environment&, FrameReader&, FrameWriter&);
/// () -> kind, level, batch size, randomness (for a layer of derivatives: the mode it found) of the top layer, or null
void func_top(Environment&, FrameReader&, FrameWriter&);
/// () -> how many layers there are
void func_depth(Environment&, FrameReader&, FrameWriter&);
/// Takes the top layer off, to run what lies below it; func_raise puts it back.
void func_lower(Environment&, FrameReader&, FrameWriter&);
void func_raise(Environment&, FrameReader&, FrameWriter&);

/// () -> level of the older vmap, on whose batches the engine and dual levels work; each is paired with its end
void func_enter_batch(Environment&, FrameReader&, FrameWriter&);
void func_exit_batch(Environment&, FrameReader&, FrameWriter&);

// wrappers.cpp
// These take lists of tensors and give as many back.
/// (tensors, level) -> the tensors in the graph of a grad layer, or following its tangents
void func_wrap_grad(Environment&, FrameReader&, FrameWriter&);
/// (tensors, level) -> the same, requiring a gradient there
void func_differentiable(Environment&, FrameReader&, FrameWriter&);
/// (tensors, level) -> the tensors below; those that are not wrapped at that level as they are
void func_unwrap_grad(Environment&, FrameReader&, FrameWriter&);
/// (tensor) -> the tensor below the wrappers of transforms that have ended
void func_unwrap_dead(Environment&, FrameReader&, FrameWriter&);
/// (tensors, dims, level) -> each tensor as one element of a batch
void func_add_batch_dim(Environment&, FrameReader&, FrameWriter&);
/// (tensors, dims, level, batch size) -> the whole batches; a tensor that did not depend on it is repeated
void func_remove_batch_dim(Environment&, FrameReader&, FrameWriter&);
/// (tensor, level) -> the tensor below and its batch dimension, null when it has none at that level
void func_unwrap_batched(Environment&, FrameReader&, FrameWriter&);
// functional.cpp
/// (tensor, level) -> the tensor with its changes in place turned into new tensors
void func_wrap_functional(Environment&, FrameReader&, FrameWriter&);
/// (tensor, whether views stay views) -> the tensor below
void func_unwrap_functional(Environment&, FrameReader&, FrameWriter&);
/// (argument, what stood for it): the argument takes the changes
void func_write_back(Environment&, FrameReader&, FrameWriter&);

// wrappers.cpp
/// (tensor) -> kind ('' for a plain tensor), level, batch dimension, the tensor below
void func_describe(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
