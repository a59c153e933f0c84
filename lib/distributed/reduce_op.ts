/** How elements of several ranks are combined. */
import { inspect } from 'node:util';

/** https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.ReduceOp */
export class ReduceOp {
  static readonly SUM = new ReduceOp('SUM', 0);
  /** The sum divided by the number of ranks. */
  static readonly AVG = new ReduceOp('AVG', 1);
  static readonly PRODUCT = new ReduceOp('PRODUCT', 2);
  static readonly MIN = new ReduceOp('MIN', 3);
  static readonly MAX = new ReduceOp('MAX', 4);
  static readonly BAND = new ReduceOp('BAND', 5);
  static readonly BOR = new ReduceOp('BOR', 6);
  static readonly BXOR = new ReduceOp('BXOR', 7);

  private constructor(
    readonly name: string,
    /** @internal c10d's number */
    readonly code: number,
  ) {}

  toString(): string {
    return `RedOpType.${this.name}`;
  }

  [inspect.custom](): string {
    return `<${this}: ${this.code}>`;
  }
}

const ofReal: ReadonlySet<ReduceOp> = new Set([ReduceOp.MAX, ReduceOp.MIN, ReduceOp.PRODUCT]);
const ofBits: ReadonlySet<ReduceOp> = new Set([ReduceOp.BAND, ReduceOp.BOR, ReduceOp.BXOR]);

/** Whether complex numbers may be combined by their two parts. */
export function takesComplex(op: ReduceOp): boolean {
  return !ofReal.has(op) && !ofBits.has(op);
}
