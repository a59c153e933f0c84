#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Utils.h>

#include <mutex>

#include "../environment.h"
#include "thread_stream.h"

namespace tsorch {

namespace {

void seed_from(at::Generator& generator, std::int64_t seed) {
  const std::lock_guard lock(generator.mutex());
  generator.set_current_seed(static_cast<std::uint64_t>(seed));
}

/// Seeds are unsigned; the frame carries the bits.
void write_seed(FrameWriter& out, std::uint64_t seed) { out.integer(static_cast<std::int64_t>(seed)); }

}  // namespace

void make_generator(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::Device device = in.device();
  if (device.is_cpu()) return out.generator(at::make_generator<at::CPUGeneratorImpl>());
  out.generator(at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index()));
}

void default_generator(Environment&, FrameReader& in, FrameWriter& out) {
  const c10::Device device = in.device();
  const bool own = device.is_cpu() && thread_stream().defined();
  out.generator(own ? thread_stream() : at::globalContext().defaultGenerator(device));
}

void generator_manual_seed(Environment&, FrameReader& in, FrameWriter&) {
  at::Generator generator = in.generator();
  seed_from(generator, in.integer());
}

void generator_seed(Environment&, FrameReader& in, FrameWriter& out) {
  at::Generator generator = in.generator();
  const std::lock_guard lock(generator.mutex());
  write_seed(out, generator.seed());
}

void generator_initial_seed(Environment&, FrameReader& in, FrameWriter& out) {
  write_seed(out, in.generator().current_seed());
}

void generator_state(Environment&, FrameReader& in, FrameWriter& out) {
  at::Generator generator = in.generator();
  const std::lock_guard lock(generator.mutex());
  out.tensor(generator.get_state());
}

void set_generator_state(Environment&, FrameReader& in, FrameWriter&) {
  at::Generator generator = in.generator();
  const at::Tensor& state = in.tensor();
  const std::lock_guard lock(generator.mutex());
  generator.set_state(state);
}

void generator_device(Environment&, FrameReader& in, FrameWriter& out) { out.device(in.generator().device()); }

void manual_seed(Environment&, FrameReader& in, FrameWriter&) {
  const std::int64_t seed = in.integer();
  if (!thread_stream().defined()) return at::manual_seed(static_cast<std::uint64_t>(seed));
  at::Generator own = thread_stream();
  seed_from(own, seed);
  const auto accelerator = at::getAccelerator(false);
  if (!accelerator) return;
  const at::AcceleratorHooksInterface& hooks = at::globalContext().getAcceleratorHooksInterface(accelerator);
  for (c10::DeviceIndex i = 0; i < hooks.deviceCount(); i++) {
    at::Generator generator = hooks.getDefaultGenerator(i);
    seed_from(generator, seed);
  }
}

void own_random_stream(Environment&, FrameReader&, FrameWriter&) { open_thread_stream(); }

}  // namespace tsorch
