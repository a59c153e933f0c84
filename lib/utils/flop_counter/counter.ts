/** Counting floating-point operations. */
import { type Context, type ContextClass, contextClass } from '../../autograd/profiler/context_class';
import { TorchError, warn } from '../../base/errors';
import { native } from '../../native/addon';
import { call } from '../../native/frame';
import type { NativeOperatorCall } from '../../native/functions';
import { NativePart } from '../../native/part';
import * as signatures from '../generated/utils_flop_counter';
import { nameOfTarget, type Registered, registry } from './formulas';
import { GLOBAL, ModuleTracker } from './module_tracker';
import { countText, powerOf, type Row, shareText, tableOf } from './table';

type Counts = Map<string, number>;

const sum = (counts: Counts | undefined) => [...(counts?.values() ?? [])].reduce((all, count) => all + count, 0);

class FlopCounter implements Context {
  /** How deep the printed table goes into modules. */
  depth: number | null;
  display: boolean;
  private readonly formulas: ReadonlyMap<string, Registered>;
  private readonly counts = new Map<string, Counts>();
  private readonly modules = new ModuleTracker({
    changing: () => this.take(),
    backwardBegan: () => call(native.operator_counter_await_pass, this.counter!),
  });
  private counter: NativePart | null = null;

  constructor(...args: signatures.FlopCounterModeArgs) {
    const { mods, depth, display, custom_mapping } = signatures.FlopCounterMode.read(args);
    if (mods !== null) warn('mods argument is not needed anymore, you can stop passing it');
    this.depth = depth;
    this.display = display;
    const formulas = new Map(registry);
    for (const [target, formula] of custom_mapping ?? []) {
      formulas.set(nameOfTarget(target), { formula: formula as unknown as Registered['formula'], raw: false });
    }
    this.formulas = formulas;
  }

  /** @internal */
  _enter(): void {
    if (this.counter !== null) throw new TorchError('FlopCounterMode is not reentrant');
    this.counts.clear();
    this.modules.start();
    const names = [...this.formulas].filter(([, { raw }]) => !raw).map(([name]) => name);
    const raw = [...this.formulas].filter(([, { raw }]) => raw).map(([name]) => name);
    const counter = call(native.operator_counter, names, raw);
    if (!(counter instanceof NativePart)) throw new TypeError('there is no counter');
    this.counter = counter;
  }

  /** @internal */
  _exit(): void {
    if (this.counter === null) return;
    this.take();
    call(native.operator_counter_stop, this.counter);
    this.counter = null;
    this.modules.stop();
    if (this.display) console.log(this.get_table(this.depth));
  }

  /** Ends the counting. */
  [Symbol.dispose](): void {
    this._exit();
  }

  /** Counts what was called since the last time for the modules that the program is in. */
  private take(): void {
    for (const each of call(native.operator_counter_take, this.counter!)) {
      if (each === null) this.modules.leaveAll();
      else this.count(each);
    }
  }

  private count([name, inputs, outputs, positional, names]: NativeOperatorCall): void {
    const { formula, raw } = this.formulas.get(name)!;
    const output = outputs.length === 1 ? outputs[0] : outputs;
    const named = Object.fromEntries(names.map((each, i) => [each, inputs[positional + i]]));
    const count = formula(...inputs.slice(0, positional), { ...named, [raw ? 'out_val' : 'out_shape']: output });
    const shown = name.replace('::', '.');
    for (const module of this.modules.current) {
      const counts = this.counts.get(module) ?? new Map<string, number>();
      this.counts.set(module, counts.set(shown, (counts.get(shown) ?? 0) + count));
    }
  }

  /** All floating-point operations. */
  get_total_flops(): number {
    return sum(this.counts.get(GLOBAL));
  }

  /** The counts of each module, `Global` for all, by the names of operators: `{ Global: { 'aten.mm': 800 } }`. */
  get_flop_counts(): Record<string, Record<string, number>> {
    return Object.fromEntries([...this.counts].map(([module, counts]) => [module, Object.fromEntries(counts)]));
  }

  /** The counts as a table, of modules no deeper than `depth`, and what the counter's own depth says when that is null. */
  get_table(...args: signatures.FlopCounterModeGetTableArgs): string {
    const [depth] = signatures.FlopCounterMode_get_table.list(args);
    const deepest = depth ?? this.depth ?? Number.POSITIVE_INFINITY;
    const total = this.get_total_flops();
    const rows: Row[] = [];
    let isAllInModules = false;
    for (const module of [...this.counts.keys()].sort()) {
      const level = module.split('.').length;
      if (module === GLOBAL || level > deepest) continue;
      isAllInModules ||= sum(this.counts.get(module)) >= total;
      rows.push(...this.rowsOf(module, level - 1, total));
    }
    if (!this.counts.has(GLOBAL) || isAllInModules) return tableOf(rows.length > 0 ? rows : [[GLOBAL, '0', '0%']]);
    const indented = rows.map(([name, ...rest]) => [` ${name}`, ...rest] as const);
    return tableOf([...this.rowsOf(GLOBAL, 0, total), ...indented]);
  }

  private rowsOf(module: string, level: number, total: number): Row[] {
    const power = powerOf(total);
    const counts = this.counts.get(module)!;
    const row = (name: string, count: number): Row => [
      ' '.repeat(level) + name,
      countText(count, power),
      shareText(count, total),
    ];
    return [row(module, sum(counts)), ...[...counts].map(([name, count]) => row(` - ${name}`, count))];
  }
}

export type FlopCounterMode = FlopCounter;

/**
 * Counts the floating-point operations of matrix products, convolutions and attention, in forward and backward passes:
 * `FlopCounterMode({ display: false }, callback)` gives the counter, `using counter = FlopCounterMode()` counts to the end
 * of a block. Without `display: false` it prints its table at the end.
 *
 * @example
 * const { FlopCounterMode } = torch.utils.flop_counter;
 * const model = new nn.Linear(10, 5);
 * const counter = FlopCounterMode({ display: false }, () => model(torch.randn(3, 10)));
 * console.log(counter.get_flop_counts()); // { Global: { 'aten.addmm': 300 }, Linear: { 'aten.addmm': 300 } }
 */
export const FlopCounterMode: ContextClass<FlopCounter, signatures.FlopCounterModeArgs> = contextClass<
  FlopCounter,
  signatures.FlopCounterModeArgs
>('FlopCounterMode', FlopCounter);
