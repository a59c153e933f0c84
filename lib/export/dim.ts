/** torch.export.Dim: sizes that may change. https://docs.pytorch.org/docs/2.13/user_guide/torch_compiler/export/api_reference.html#torch.export.Dim */
import { REQUIRED, Signature } from '../arguments/signature';

export interface DimOptions {
  /** The least size that the program shall take. */
  min?: number | null;
  /** The largest. */
  max?: number | null;
}

const parameters = { name: REQUIRED, min: null, max: null };
const signature = new Signature<Required<DimOptions> & { name: string }>('Dim', parameters, 2);

/** What `Dim.AUTO` and its like are. */
export class DimHint {
  private constructor(readonly type: 'AUTO' | 'DYNAMIC' | 'STATIC') {}

  /** @internal */
  static readonly all = { AUTO: new DimHint('AUTO'), DYNAMIC: new DimHint('DYNAMIC'), STATIC: new DimHint('STATIC') };

  toString(): string {
    return `DimHint(DimHint.${this.type})`;
  }
}

/**
 * A size that may change, by its name. Sizes of one name are equal; `batch.mul(2)`, `batch.add(1)` and `batch.sub(1)` are
 * sizes that follow from it.
 */
export class Dim {
  /** Changes where the model lets it; found out when it is exported. */
  static readonly AUTO: DimHint = DimHint.all.AUTO;
  /** Changes; it is an error where the model does not let it. */
  static readonly DYNAMIC: DimHint = DimHint.all.DYNAMIC;
  /** Stays as in the example. */
  static readonly STATIC: DimHint = DimHint.all.STATIC;

  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** @internal this size is `times` of the root's, and `plus` */
  readonly times: number = 1;
  /** @internal */
  readonly plus: number = 0;
  /** @internal */
  readonly root: Dim = this;

  constructor(name: string, options?: DimOptions);
  constructor(...args: unknown[]) {
    const { name, min, max } = signature.read(args);
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new RangeError(`Dim name must be a valid identifier, got ${name}`);
    this.name = name;
    this.min = min ?? 0;
    this.max = max ?? Infinity;
    if (this.max <= this.min) {
      throw new RangeError(`Cannot create Dim with inconsistent min=${this.min}, max=${this.max}`);
    }
  }

  private derived(times: number, plus: number): Dim {
    if (!Number.isInteger(times) || !Number.isInteger(plus) || times < 1) {
      throw new RangeError('a size that follows from another is a whole multiple of it, and a whole number');
    }
    const text = times === 1 ? this.root.name : `${times}*${this.root.name}`;
    const name = plus === 0 ? text : `${text} ${plus < 0 ? '-' : '+'} ${Math.abs(plus)}`;
    const { min, max } = this.root;
    const fields = { name, min: min * times + plus, max: max * times + plus, times, plus, root: this.root };
    return Object.assign(Object.create(Dim.prototype) as Dim, fields);
  }

  /** A size that is so many times this one. */
  mul(times: number): Dim {
    return this.derived(this.times * times, this.plus * times);
  }

  /** A size that is larger by this. */
  add(plus: number): Dim {
    return this.derived(this.times, this.plus + plus);
  }

  /** A size that is smaller by this. */
  sub(minus: number): Dim {
    return this.add(-minus);
  }

  toString(): string {
    return this.name;
  }
}

/** Several of them: `const [b, h] = dims('b', 'h', { min: 2 })`. */
export function dims(...args: [...names: string[], options: DimOptions] | string[]): Dim[] {
  const last = args.at(-1);
  const options = typeof last === 'object' ? last : {};
  return args.flatMap((name) => (typeof name === 'string' ? [new Dim(name, options)] : []));
}
