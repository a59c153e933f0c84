// What JavaScript asks of the profiler.
#include <ActivityType.h>
#include <torch/csrc/profiler/kineto_shim.h>

#include "../environment.h"
#include "../jit/values.h"
#include "profiler.h"

namespace tsorch {

namespace {

using namespace torch::profiler::impl;
using torch::autograd::profiler::KinetoEvent;

ActivityType read_activity(FrameReader& in) {
  const std::int64_t number = in.integer();
  TORCH_CHECK(number >= 0 && number < static_cast<std::int64_t>(ActivityType::NUM_KINETO_ACTIVITIES),
              "unknown profiler activity");
  return static_cast<ActivityType>(number);
}

Profiler::Activities read_activities(FrameReader& in) {
  Profiler::Activities activities;
  for (std::int64_t left = in.list(); left > 0; left--) activities.insert(read_activity(in));
  return activities;
}

std::vector<std::string> read_strings(FrameReader& in) {
  std::vector<std::string> strings;
  for (std::int64_t left = in.list(); left > 0; left--) strings.push_back(in.string());
  return strings;
}

/// Pairs of an activity and the names of what to collect of it.
Profiler::Filter read_filter(FrameReader& in) {
  Profiler::Filter filter;
  for (std::int64_t left = in.list(); left > 0; left -= 2) {
    const ActivityType activity = read_activity(in);
    const std::vector<std::string> names = read_strings(in);
    filter[activity].insert(names.begin(), names.end());
  }
  return filter;
}

ExperimentalConfig read_experimental(FrameReader& in) {
  ExperimentalConfig config;
  config.profiler_metrics = read_strings(in);
  config.profiler_measure_per_kernel = in.boolean();
  config.verbose = in.boolean();
  config.performance_events = read_strings(in);
  config.enable_cuda_sync_events = in.boolean();
  config.adjust_profiler_step = in.boolean();
  config.disable_external_correlation = in.boolean();
  config.profile_all_threads = in.boolean();
  config.capture_overload_names = in.boolean();
  config.expose_kineto_event_metadata = in.boolean();
  config.custom_profiler_config = in.string();
  config.adjust_timestamps = in.boolean();
  config.trace_only = in.boolean();
  return config;
}

/// Reads it in the order of lib/autograd/profiler/config.ts.
ProfilerConfig read_config(FrameReader& in) {
  const auto state = static_cast<ProfilerState>(in.integer());
  const bool record_shapes = in.boolean();
  const bool profile_memory = in.boolean();
  const bool with_stack = in.boolean();
  const bool with_flops = in.boolean();
  const bool with_modules = in.boolean();
  ExperimentalConfig experimental = read_experimental(in);
  return ProfilerConfig(state, record_shapes, profile_memory, with_stack, with_flops, with_modules,
                        std::move(experimental), in.string());
}

Profiler& under_way(Environment& environment) {
  TORCH_CHECK(environment.profiler != nullptr, "Can't disable Kineto profiler when it's not running");
  return *environment.profiler;
}

std::vector<TracedFrame> read_frames(FrameReader& in) {
  const std::vector<std::string> names = read_strings(in);
  std::vector<TracedFrame> frames(static_cast<std::size_t>(in.list()) / 7);
  const auto name = [&] { return names.at(static_cast<std::size_t>(in.integer())); };
  for (TracedFrame& frame : frames) {
    frame.file = name();
    frame.line = static_cast<int>(in.integer());
    frame.function = name();
    frame.module = name();
    frame.instance = static_cast<std::size_t>(in.integer());
    frame.first = static_cast<std::size_t>(in.integer());
    frame.last = static_cast<std::size_t>(in.integer());
  }
  return frames;
}

void write_strings(FrameWriter& out, c10::ArrayRef<std::string> strings) {
  out.list(strings.size());
  for (const std::string& each : strings) out.string(each);
}

void write_shapes(FrameWriter& out, c10::ArrayRef<std::vector<std::int64_t>> shapes) {
  out.list(shapes.size());
  for (const auto& each : shapes) out.integers(each);
}

/// Of a list of tensors, one a tensor.
void write_structured(FrameWriter& out, c10::ArrayRef<shape> shapes) {
  out.list(shapes.size());
  for (const shape& each : shapes) {
    if (const auto* one = std::get_if<std::vector<std::int64_t>>(&each)) {
      out.integers(*one);
    } else {
      write_shapes(out, std::get<std::vector<std::vector<std::int64_t>>>(each));
    }
  }
}

/// Inputs that are no numbers, texts or lists of them have no value in a profile.
void write_input(FrameWriter& out, const c10::IValue& value) {
  const bool plain = value.isNone() || value.isInt() || value.isDouble() || value.isBool() || value.isString() ||
                     value.isIntList() || value.isDoubleList() || value.isBoolList();
  if (plain) {
    write_value(out, value);
  } else {
    out.none();
  }
}

void write_times(FrameWriter& out, const KinetoEvent& event, std::uint64_t start) {
  const auto since = [start](std::uint64_t time) {
    return static_cast<double>(static_cast<std::int64_t>(time) - static_cast<std::int64_t>(start));
  };
  out.number(since(event.startNs()));
  out.number(since(event.endNs()));
}

/// Writes it in the order of NativeEvent in lib/native/functions.ts.
void write_event(FrameWriter& out, const KinetoEvent& event, std::uint64_t start) {
  out.list(34);
  out.string(event.name());
  out.string(event.overload_name());
  write_times(out, event, start);
  out.integer(static_cast<std::int64_t>(event.correlationId()));
  out.integer(static_cast<std::int64_t>(event.linkedCorrelationId()));
  out.integer(static_cast<std::int64_t>(event.startThreadId()));
  out.integer(static_cast<std::int64_t>(event.endThreadId()));
  out.integer(static_cast<std::int64_t>(event.fwdThreadId()));
  out.integer(event.scope());
  out.integer(event.sequenceNr());
  out.boolean(event.isAsync());
  out.boolean(event.isHiddenEvent());
  out.boolean(event.isPythonFunction());
  out.string(libkineto::toString(static_cast<libkineto::ActivityType>(event.activityType())));
  out.integer(static_cast<std::int64_t>(event.deviceType()));
  out.integer(event.deviceIndex());
  out.integer(event.deviceResourceId());
  out.integer(event.nBytes());
  out.integer(static_cast<std::int64_t>(event.flops()));
  out.number(static_cast<double>(event.cudaElapsedUs()));
  write_shapes(out, event.shapes());
  write_structured(out, event.structuredInputShapes());
  write_structured(out, event.structuredInputStrides());
  write_strings(out, event.dtypes());
  out.list(event.concreteInputs().size());
  for (const c10::IValue& each : event.concreteInputs()) write_input(out, each);
  const auto named = event.kwinputs();
  out.dict(named.size());
  for (const auto& [name, value] : named) {
    out.string(name);
    write_input(out, value);
  }
  write_strings(out, event.stack());
  out.string(event.metadataJson());
  const auto meta = event.extraMeta();
  out.dict(meta.size());
  for (const auto& [name, value] : meta) {
    out.string(name);
    out.string(value);
  }
  out.list(4);
  out.integer(event.flowId());
  out.integer(event.flowType());
  out.boolean(event.flowStart());
  out.integer(event.externalId());
  out.integer(event.pythonId());
  out.integer(event.pythonParentId());
  out.integer(event.pythonModuleId());
}

}  // namespace

/// (activities, filter, the values of a config)
void profiler_prepare(Environment& environment, FrameReader& in, FrameWriter&) {
  Profiler::Activities activities = read_activities(in);
  const Profiler::Filter filter = read_filter(in);
  const ProfilerConfig config = read_config(in);
  // A warm-up that never came to a start gives way.
  if (environment.profiler != nullptr && !environment.profiler->is_collecting()) environment.profiler = nullptr;
  TORCH_CHECK(environment.profiler == nullptr, "Profiler is already enabled on this thread");
  environment.profiler = std::make_shared<Profiler>(config, std::move(activities), filter);
}

/// (the function that keeps a stack, or null; the values of a config)
void profiler_start(Environment& environment, FrameReader& in, FrameWriter&) {
  Profiler& profiler = under_way(environment);
  std::shared_ptr<StackTracer> tracer;
  if (!in.none()) tracer = std::make_shared<StackTracer>(in.object().As<Napi::Function>());
  const ProfilerConfig config = read_config(in);
  profiler.start(config, tracer);
  if (tracer != nullptr) tracer->attach(environment);
}

/// Calls are no longer noted; the frames can be made of them.
void profiler_detach(Environment& environment, FrameReader&, FrameWriter&) {
  if (const auto& tracer = under_way(environment).tracer()) tracer->detach(environment);
}

/// (names, frames: seven numbers each, of which the first, third and fourth are places in names) -> profile
void profiler_stop(Environment& environment, FrameReader& in, FrameWriter& out) {
  Profiler& profiler = under_way(environment);
  std::vector<TracedFrame> frames = read_frames(in);
  if (const auto& tracer = profiler.tracer()) tracer->set_frames(std::move(frames));
  const std::shared_ptr<Profiler> ended = std::exchange(environment.profiler, nullptr);
  out.part(std::make_shared<Profile>(ended->stop()));
}

void profiler_toggle(Environment& environment, FrameReader& in, FrameWriter&) {
  const bool enable = in.boolean();
  under_way(environment).toggle(enable, read_activities(in));
}

void profiler_add_metadata(Environment&, FrameReader& in, FrameWriter&) {
  const std::string key = in.string();
  torch::autograd::profiler::addMetadataJson(key, in.string());
}

void profiler_open_range(Environment& environment, FrameReader& in, FrameWriter& out) {
  const std::string name = in.string();
  std::optional<std::string> args;
  if (!in.none()) args = in.string();
  out.integer(static_cast<std::int64_t>(under_way(environment).open_range(name, args)));
}

void profiler_close_range(Environment& environment, FrameReader& in, FrameWriter&) {
  const auto number = static_cast<std::size_t>(in.integer());
  if (environment.profiler != nullptr) environment.profiler->close_range(number);
}

/// A moment that the tracer notes as it notes every call.
void profiler_mark(Environment&, FrameReader&, FrameWriter&) {}

/// (profile, how many to leave out, at most how many to give)
void profile_events(Environment&, FrameReader& in, FrameWriter& out) {
  const auto profile = in.part<Profile>("profile");
  const auto from = static_cast<std::size_t>(in.integer());
  const auto most = static_cast<std::size_t>(in.integer());
  const auto& result = profile->result();
  const auto events = c10::ArrayRef<KinetoEvent>(result.events());
  const std::size_t count = std::min(most, events.size() - std::min(from, events.size()));
  out.list(count);
  for (const KinetoEvent& event : events.slice(std::min(from, events.size()), count)) {
    write_event(out, event, result.trace_start_ns());
  }
}

void profile_save(Environment&, FrameReader& in, FrameWriter&) {
  const auto profile = in.part<Profile>("profile");
  profile->result().save(in.string());
}

}  // namespace tsorch
