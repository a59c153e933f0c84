// Streams and events of devices, through libtorch's device-generic interfaces.
#include "../environment.h"

#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace tsorch {

namespace {

using Guard = c10::impl::VirtualGuardImpl;

/// A stream crosses as its device and its number.
c10::Stream read_stream(FrameReader& in) {
  const c10::Device device = in.device();
  const std::int64_t id = in.integer();
  return c10::Stream(c10::Stream::UNSAFE, device, id);
}

void write_stream(FrameWriter& out, const c10::Stream& stream) {
  out.list(2);
  out.device(stream.device());
  out.integer(stream.id());
}

}  // namespace

void make_stream(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::Device device = in.device();
  const int priority = static_cast<int>(in.integer());
  write_stream(out, Guard(device.type()).getNewStream(device, priority));
}

void current_stream(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::Device device = in.device();
  write_stream(out, Guard(device.type()).getStream(device));
}

void default_stream(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::Device device = in.device();
  write_stream(out, Guard(device.type()).getDefaultStream(device));
}

void exchange_stream(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::Stream stream = read_stream(in);
  write_stream(out, Guard(stream.device_type()).exchangeStream(stream));
}

void query_stream(Environment&, FrameReader& in, FrameWriter& out) { out.boolean(read_stream(in).query()); }

void synchronize_stream(Environment&, FrameReader& in, FrameWriter&) { read_stream(in).synchronize(); }

void make_event(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::DeviceType type = in.device().type();
  const auto flag = in.boolean() ? c10::EventFlag::BACKEND_DEFAULT : c10::EventFlag::PYTORCH_DEFAULT;
  out.event(std::make_shared<c10::Event>(type, flag));
}

void event_facts(Environment&, FrameReader& in, FrameWriter& out) {
  const EventPtr event = in.event();
  out.list(3);
  out.device(event->device());
  out.integer(static_cast<std::int64_t>(event->flag()));
  out.integer(static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(event->eventId())));
}

void record_event(Environment&, FrameReader& in, FrameWriter&) {
  const EventPtr event = in.event();
  event->record(read_stream(in));
}

void block_on_event(Environment&, FrameReader& in, FrameWriter&) {
  const EventPtr event = in.event();
  event->block(read_stream(in));
}

void query_event(Environment&, FrameReader& in, FrameWriter& out) { out.boolean(in.event()->query()); }

void synchronize_event(Environment&, FrameReader& in, FrameWriter&) { in.event()->synchronize(); }

void event_elapsed_time(Environment&, FrameReader& in, FrameWriter& out) {
  const EventPtr start = in.event();
  const EventPtr end = in.event();
  out.number(start->elapsedTime(*end));
}

}  // namespace tsorch
