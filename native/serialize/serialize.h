// Writing PyTorch's zip archives, and tensors over the storages in them.
#pragma once

#include "../environment.h"

namespace tsorch {

// archive.cpp
/// (path, whether with checksums, whether to leave the bytes of tensors out, [name, Uint8Array or tensor][]) writes an
/// archive; of a tensor its whole storage
void write_archive(Environment&, FrameReader&, FrameWriter&);
/// The same without the path -> ArrayBuffer with the archive
void write_archive_to_memory(Environment&, FrameReader&, FrameWriter&);

// storage.cpp
/// (tensor) -> a number that tensors over the same storage share
void storage_identity(Environment&, FrameReader&, FrameWriter&);
/// (tensor, first byte, bytes) -> a uint8 tensor with a storage of its own over that part of the tensor's storage
void storage_part(Environment&, FrameReader&, FrameWriter&);
/// (tensor, first byte, Uint8Array) fills the array from the tensor's storage
void storage_read(Environment&, FrameReader&, FrameWriter&);
/// (tensor, first byte, Uint8Array) writes the array into the tensor's storage
void storage_write(Environment&, FrameReader&, FrameWriter&);
/// (tensor) asks the system for large pages where its storage is still to be filled: each page costs once
void storage_use_large_pages(Environment&, FrameReader&, FrameWriter&);
/// (tensor, dtype, offset, sizes, strides) -> a tensor over its storage
void tensor_over_storage(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
