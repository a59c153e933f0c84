/** What a worker knows about itself. https://docs.pytorch.org/docs/2.13/data.html#torch.utils.data.get_worker_info */
import { default_generator, type Generator } from '../../../tensor/generator';

export class WorkerInfo<Dataset = unknown> {
  /** How it is run: Python's processes are threads here. */
  readonly worker_method = 'thread';
  /** The random stream of this thread, from which everything draws that is given no generator. */
  readonly rng: { readonly torch_generator: Generator } = { torch_generator: default_generator() };

  constructor(
    /** Its number, from 0. */
    readonly id: number,
    readonly num_workers: number,
    /** What its random stream was started from: the loader's base seed and `id`. */
    readonly seed: number | bigint,
    /** Its own copy of the dataset. */
    readonly dataset: Dataset,
  ) {}
}

let info: WorkerInfo | null = null;
let importing = false;

/** Whether this is a worker that still imports the module of its dataset. */
export function isImporting(): boolean {
  return importing;
}

export function setImporting(value: boolean): void {
  importing = value;
}

export function setWorkerInfo(value: WorkerInfo): void {
  info = value;
}

/** In a worker of a DataLoader, which one it is, for a stream to give each its part; null elsewhere. */
export function get_worker_info<Dataset = unknown>(): WorkerInfo<Dataset> | null {
  return info as WorkerInfo<Dataset> | null;
}
