#include <ATen/autocast_mode.h>

#include "../environment.h"

namespace tsorch {

void autocast_state(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::DeviceType type = in.device().type();
  const bool available = at::autocast::is_autocast_available(type);
  out.list(3);
  out.boolean(available);
  out.boolean(available && at::autocast::is_autocast_enabled(type));
  out.integer(available ? static_cast<std::int64_t>(at::autocast::get_autocast_dtype(type)) : -1);
}

void set_autocast_enabled(Environment&, FrameReader& in, FrameWriter&) {
  const c10::DeviceType type = in.device().type();
  at::autocast::set_autocast_enabled(type, in.boolean());
}

void set_autocast_dtype(Environment&, FrameReader& in, FrameWriter&) {
  const c10::DeviceType type = in.device().type();
  at::autocast::set_autocast_dtype(type, static_cast<at::ScalarType>(in.integer()));
}

void is_autocast_cache_enabled(Environment&, FrameReader&, FrameWriter& out) {
  out.boolean(at::autocast::is_autocast_cache_enabled());
}

void set_autocast_cache_enabled(Environment&, FrameReader& in, FrameWriter&) {
  at::autocast::set_autocast_cache_enabled(in.boolean());
}

void clear_autocast_cache(Environment&, FrameReader&, FrameWriter&) { at::autocast::clear_cache(); }

void change_autocast_nesting(Environment&, FrameReader& in, FrameWriter& out) {
  out.integer(in.integer() > 0 ? at::autocast::increment_nesting() : at::autocast::decrement_nesting());
}

}  // namespace tsorch
