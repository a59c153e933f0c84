// What the nodes of libtorch's graph save, under Python's names: `_saved_self`, `_raw_saved_self`.
#pragma once

#include "../environment.h"

namespace tsorch {

/// () -> the names of all that any node saves, without `_saved_`
void saved_field_names(Environment&, FrameReader&, FrameWriter&);
/// (node, name) -> [value], or nothing when the node saves none of that name
void saved_field(Environment&, FrameReader&, FrameWriter&);
/// (node, name) -> how many tensors are saved under it, whether they are a list; nothing when no tensors are
void saved_places(Environment&, FrameReader&, FrameWriter&);
/// (node, name, number, pack, unpack): what becomes of one of them (saved_hooks.h)
void saved_register_hooks(Environment&, FrameReader&, FrameWriter&);
/// (node, name, number) -> the tensor as it is saved, or nothing where hooks have it
void saved_data(Environment&, FrameReader&, FrameWriter&);
/// (node, name, index) -> the tensor, as the backward pass gets it
void saved_unpack(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
