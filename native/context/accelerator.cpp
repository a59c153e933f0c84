// The accelerator libtorch was built for, whichever it is.
#include <ATen/DeviceAccelerator.h>

#include "../environment.h"

namespace tsorch {

void current_accelerator(Environment&, FrameReader& in, FrameWriter& out) {
  const auto type = at::accelerator::getAccelerator(false);
  const bool must_work = in.boolean();
  if (!type || (must_work && at::accelerator::deviceCount() == 0)) return out.none();
  out.device(c10::Device(*type));
}

void accelerator_count(Environment&, FrameReader&, FrameWriter& out) { out.integer(at::accelerator::deviceCount()); }

void accelerator_index(Environment&, FrameReader&, FrameWriter& out) { out.integer(at::accelerator::getDeviceIndex()); }

void set_accelerator_index(Environment&, FrameReader& in, FrameWriter&) {
  at::accelerator::setDeviceIndex(static_cast<c10::DeviceIndex>(in.integer()));
}

void synchronize_accelerator(Environment&, FrameReader& in, FrameWriter&) {
  at::accelerator::synchronizeDevice(static_cast<c10::DeviceIndex>(in.integer()));
}

}  // namespace tsorch
