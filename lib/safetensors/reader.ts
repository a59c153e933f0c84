import type { Tensor } from '../tensor/tensor';
import type { TensorInfo } from './header';

/** What an open file offers; a sharded one offers the same. */
export interface Reader {
  keys(): string[];
  offset_keys(): string[];
  metadata(): Record<string, string> | null;
  info(name: string): TensorInfo;
  /** On the CPU. */
  read(name: string): Tensor;
  close(): void;
}
