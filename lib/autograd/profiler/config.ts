/** What a profile collects, in the values that native code takes. */
import { keywords } from '../../arguments/signature';
import type { ProfilerConfigValues } from '../../native/functions';

/** What kinds of events a profile has. https://docs.pytorch.org/docs/2.13/profiler.html#torch.profiler.ProfilerActivity */
export enum ProfilerActivity {
  CPU = 0,
  XPU = 1,
  CUDA = 2,
  HPU = 3,
  MTIA = 4,
  PrivateUse1 = 5,
}

/** How events are collected. */
export enum ProfilerState {
  Disabled = 0,
  CPU = 1,
  CUDA = 2,
  NVTX = 3,
  ITT = 4,
  PRIVATEUSE1 = 5,
  KINETO = 6,
  KINETO_GPU_FALLBACK = 7,
}

/** Experiments of libtorch's; names and defaults may change with it. */
export interface ExperimentalConfig {
  /** Metrics of the GPU's performance, as CUPTI names them. */
  profiler_metrics?: readonly string[];
  profiler_measure_per_kernel?: boolean;
  /** Gives each operator the frames around it as its `stack`, and the trace a `Call stack`. */
  verbose?: boolean;
  performance_events?: readonly string[];
  enable_cuda_sync_events?: boolean;
  adjust_profiler_step?: boolean;
  disable_external_correlation?: boolean;
  /** Collects on every thread of the process, not only on the one that profiles. */
  profile_all_threads?: boolean;
  /** Gives operators the names of their overloads. */
  capture_overload_names?: boolean;
  expose_kineto_event_metadata?: boolean;
  custom_profiler_config?: string;
  adjust_timestamps?: boolean;
  /** Collects for `export_chrome_trace` only; there are no events. */
  trace_only?: boolean;
}

const ofExperimental = keywords<Required<ExperimentalConfig>>('_ExperimentalConfig.__init__', {
  profiler_metrics: [],
  profiler_measure_per_kernel: false,
  verbose: false,
  performance_events: [],
  enable_cuda_sync_events: false,
  adjust_profiler_step: false,
  disable_external_correlation: false,
  profile_all_threads: false,
  capture_overload_names: false,
  expose_kineto_event_metadata: false,
  custom_profiler_config: '',
  adjust_timestamps: false,
  trace_only: false,
});

/** What is collected beside names and times. */
export interface Collected {
  readonly record_shapes: boolean;
  readonly profile_memory: boolean;
  readonly with_stack: boolean;
  readonly with_flops: boolean;
  readonly with_modules: boolean;
}

/** All options of an experimental config. @throws TypeError for an unknown one */
export function experimentalOf(given: ExperimentalConfig | null): Required<ExperimentalConfig> {
  return ofExperimental.read([given ?? {}]);
}

/** In the order of native/profiler/api.cpp. */
export function configValues(
  state: ProfilerState,
  collected: Collected,
  experimental: Required<ExperimentalConfig>,
  trace_id: string,
): ProfilerConfigValues {
  return [
    state,
    collected.record_shapes,
    collected.profile_memory,
    collected.with_stack,
    collected.with_flops,
    collected.with_modules,
    experimental.profiler_metrics,
    experimental.profiler_measure_per_kernel,
    experimental.verbose,
    experimental.performance_events,
    experimental.enable_cuda_sync_events,
    experimental.adjust_profiler_step,
    experimental.disable_external_correlation,
    experimental.profile_all_threads,
    experimental.capture_overload_names,
    experimental.expose_kineto_event_metadata,
    experimental.custom_profiler_config,
    experimental.adjust_timestamps,
    experimental.trace_only,
    trace_id,
  ];
}
