/** Programs made faster for inference. */
import { REQUIRED, Signature } from '../arguments/signature';
import { TorchError } from '../base/errors';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { ScriptModule } from './module';
import { partOf } from './values';

interface FreezeArguments {
  mod: ScriptModule;
  preserved_attrs: readonly string[] | null;
  optimize_numerics: boolean;
}

const signature = new Signature<FreezeArguments>('freeze', {
  mod: REQUIRED,
  preserved_attrs: null,
  optimize_numerics: true,
});

/** What freezing takes beside the module. */
export interface FreezeOptions {
  /** Attributes and methods that stay beside `forward`. */
  preserved_attrs?: readonly string[] | null;
  /** Whether optimizations may change results in the last digits. */
  optimize_numerics?: boolean;
}

/**
 * A copy whose parameters and attributes are constants, and whose calls are inlined and folded; it cannot be trained.
 * https://docs.pytorch.org/docs/2.13/generated/torch.jit.freeze.html
 * @throws TorchError for a module in training mode, or one that is no ScriptModule
 */
export function freeze(
  mod: ScriptModule,
  preserved_attrs?: readonly string[] | null | FreezeOptions,
  options?: FreezeOptions,
): ScriptModule;
export function freeze(...args: unknown[]): ScriptModule {
  const { mod, preserved_attrs, optimize_numerics } = signature.read(args);
  if (!(mod instanceof ScriptModule)) {
    throw new TorchError(
      'Freezing expects a ScriptModule as input. Please use torch.jit.trace to make one of a module.',
    );
  }
  if (mod.training) {
    throw new TorchError(
      'Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing.',
    );
  }
  return new ScriptModule(call(native.script_freeze, partOf(mod)!, preserved_attrs ?? [], optimize_numerics));
}

/**
 * A copy for inference: frozen, if it is not, with operators merged and weights laid out for this processor. Saving it is
 * of no use elsewhere.
 * https://docs.pytorch.org/docs/2.13/generated/torch.jit.optimize_for_inference.html
 */
export function optimize_for_inference(
  mod: ScriptModule,
  other_methods: readonly string[] | null = null,
): ScriptModule {
  if (!(mod instanceof ScriptModule)) {
    throw new RangeError(
      'optimize_for_inference expects a ScriptModule as input. Please use torch.jit.trace to make one.',
    );
  }
  return new ScriptModule(call(native.script_optimize_for_inference, partOf(mod)!, other_methods ?? []));
}

/** How often operators may be merged: for one shape each time ('STATIC'), or for all ('DYNAMIC'). */
export type FusionStrategy = readonly (readonly ['STATIC' | 'DYNAMIC', number])[];

/**
 * Sets how merged operators are specialized, and gives what it was before. It holds for the process, as in Python.
 * https://docs.pytorch.org/docs/2.13/generated/torch.jit.set_fusion_strategy.html
 */
export function set_fusion_strategy(strategy: FusionStrategy): ['STATIC' | 'DYNAMIC', number][] {
  const before = call(
    native.script_set_fusion_strategy,
    strategy.map(([kind, depth]) => [kind === 'DYNAMIC', depth] as const),
  );
  return before.map(([dynamic, depth]) => [dynamic ? 'DYNAMIC' : 'STATIC', depth]);
}
