/** Timing of small pieces of code. https://docs.pytorch.org/docs/2.13/benchmark_utils.html */
export { Colorize, Compare } from './compare';
export { Measurement, select_unit, TaskSpec, trim_sigfig, unit_to_english } from './measurement';
export { Timer, type TimerOptions, timer } from './timer';
