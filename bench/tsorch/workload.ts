/** A workload prepares what it needs and gives the step to measure. */
export type Workload = () => () => unknown;
export type Workloads = Record<string, Workload>;
