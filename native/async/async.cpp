// Work off the event loop: what JavaScript asks of jobs.
#include <ATen/functorch/DynamicLayer.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include "../environment.h"
#include "../jit/values.h"
#include "job.h"

namespace tsorch {

namespace {

std::shared_ptr<Job> read_job(FrameReader& in) { return in.part<Job>("job"); }

}  // namespace

/// (tensor) -> whether a job has still to compute it
void tensor_is_pending(Environment&, FrameReader& in, FrameWriter& out) {
  out.boolean(PendingTensor::of(in.tensor()) != nullptr);
}

void job_begin(Environment& environment, FrameReader&, FrameWriter&) {
  TORCH_CHECK(environment.recording == nullptr, "torch.run_async cannot be called inside of another's function");
  TORCH_CHECK(!torch::jit::tracer::isTracing(), "torch.run_async cannot be traced");
  TORCH_CHECK(at::functorch::getDynamicLayerStack().empty(), "torch.run_async cannot be used inside of torch.func");
  environment.recording = std::make_shared<Job>();
}

void job_end(Environment& environment, FrameReader&, FrameWriter& out) {
  TORCH_CHECK(environment.recording != nullptr, "no job is being written down");
  out.part(std::exchange(environment.recording, nullptr));
}

void job_start(Environment& environment, FrameReader& in, FrameWriter&) {
  std::shared_ptr<Job> job = read_job(in);
  const std::int64_t threads = in.integer();
  const auto arrived = in.object().As<Napi::Function>();
  environment.mailbox->start(environment.env(), std::move(job), arrived, static_cast<int>(threads));
}

void jobs_over(Environment& environment, FrameReader&, FrameWriter& out) {
  const auto jobs = environment.mailbox->take(environment.env());
  out.list(jobs.size());
  for (const auto& job : jobs) out.part(job);
}

void job_cancel(Environment&, FrameReader& in, FrameWriter&) { read_job(in)->cancel(); }

void job_finish(Environment& environment, FrameReader& in, FrameWriter&) { read_job(in)->finish(environment); }

/// (what stood for a program's result) -> it
void job_value(Environment&, FrameReader& in, FrameWriter& out) {
  write_value(out, in.part<PendingValue>("pending value")->value);
}

}  // namespace tsorch
