// Settings of libtorch itself.
#pragma once

#include "../environment.h"

namespace tsorch {

/// () -> libtorch's version
void libtorch_version(Environment&, FrameReader&, FrameWriter&);
/// () -> how libtorch was built, in its own words
void build_configuration(Environment&, FrameReader&, FrameWriter&);
void get_num_threads(Environment&, FrameReader&, FrameWriter&);
void set_num_threads(Environment&, FrameReader&, FrameWriter&);
void get_default_dtype(Environment&, FrameReader&, FrameWriter&);
void set_default_dtype(Environment&, FrameReader&, FrameWriter&);
/// (device) -> how many of its type can be used
void device_count(Environment&, FrameReader&, FrameWriter&);
/// (values, 'f' or 'e', digits) -> texts, rounded half to even as C's printf does and JavaScript's toFixed does not
void format_numbers(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
