// What a Tensor is made of and shows: data in and out, metadata, indexing.
#pragma once

#include "../environment.h"

namespace tsorch {

// data.cpp
void tensor_from_array(Environment&, FrameReader&, FrameWriter&);
void tensor_over_buffer(Environment&, FrameReader&, FrameWriter&);
void tensor_item(Environment&, FrameReader&, FrameWriter&);
void tensor_bytes(Environment&, FrameReader&, FrameWriter&);
void tensor_elements(Environment&, FrameReader&, FrameWriter&);
void tensor_lend(Environment&, FrameReader&, FrameWriter&);

// metadata.cpp
void tensor_sizes(Environment&, FrameReader&, FrameWriter&);
void tensor_strides(Environment&, FrameReader&, FrameWriter&);
void tensor_dtype(Environment&, FrameReader&, FrameWriter&);
void tensor_device(Environment&, FrameReader&, FrameWriter&);
void tensor_layout(Environment&, FrameReader&, FrameWriter&);
void tensor_facts(Environment&, FrameReader&, FrameWriter&);
void tensor_dim(Environment&, FrameReader&, FrameWriter&);
void tensor_numel(Environment&, FrameReader&, FrameWriter&);
void tensor_is_pinned(Environment&, FrameReader&, FrameWriter&);
void tensor_is_contiguous(Environment&, FrameReader&, FrameWriter&);
void tensor_storage(Environment&, FrameReader&, FrameWriter&);

// rows.cpp
/// (tensors, indices) -> these rows of each, copied; none where that would not be what stacking them gives
void tensor_rows(Environment&, FrameReader&, FrameWriter&);

// index.cpp
void tensor_index(Environment&, FrameReader&, FrameWriter&);
void tensor_select(Environment&, FrameReader&, FrameWriter&);
void tensor_slice(Environment&, FrameReader&, FrameWriter&);
void tensor_index_put(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
