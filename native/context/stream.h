// Streams and events of devices, through libtorch's device-generic interfaces.
#pragma once

#include "../environment.h"

namespace tsorch {

/// (device, priority) -> a new stream of that device
void make_stream(Environment&, FrameReader&, FrameWriter&);
/// (device) -> its current stream
void current_stream(Environment&, FrameReader&, FrameWriter&);
/// (device) -> its default stream
void default_stream(Environment&, FrameReader&, FrameWriter&);
/// (stream) -> the one that was current before
void exchange_stream(Environment&, FrameReader&, FrameWriter&);
/// (stream) -> whether its work is done
void query_stream(Environment&, FrameReader&, FrameWriter&);
/// (stream) waits for its work
void synchronize_stream(Environment&, FrameReader&, FrameWriter&);
/// (tensor, stream) its memory is not reused before the stream's work is done
void record_stream(Environment&, FrameReader&, FrameWriter&);

/// (device type, with timing) -> event
void make_event(Environment&, FrameReader&, FrameWriter&);
/// (event) -> device, flag, address of the backend's event
void event_facts(Environment&, FrameReader&, FrameWriter&);
/// (event, stream)
void record_event(Environment&, FrameReader&, FrameWriter&);
/// (event, stream) work given to the stream from now on waits for the event
void block_on_event(Environment&, FrameReader&, FrameWriter&);
/// (event) -> whether it has happened
void query_event(Environment&, FrameReader&, FrameWriter&);
void synchronize_event(Environment&, FrameReader&, FrameWriter&);
/// (start, end) -> milliseconds between them
void event_elapsed_time(Environment&, FrameReader&, FrameWriter&);

}  // namespace tsorch
