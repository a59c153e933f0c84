/** Modules that learn their sizes from their first input. https://docs.pytorch.org/docs/2.13/nn.html#lazy-modules-initialization */
import { NotImplementedError, TorchError } from '../../base/errors';
import type { Tensor } from '../../tensor/tensor';
import { is_lazy } from '../parameter';
import type { RemovableHandle } from './hooks';
import { type Module, own } from './module';

/** What a module class must have to be made lazy. */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript asks this of the constructor of a mixin's base
type ModuleClass = abstract new (...args: any[]) => Module;

/** What `LazyModuleMixin` adds to a module. */
export interface LazyModule {
  /** Gives the parameters their shapes, from the arguments of the first call. */
  initialize_parameters(...inputs: unknown[]): void;
  /** Whether a parameter or buffer still waits for its shape. */
  has_uninitialized_params(): boolean;
}

/** Whether any tensor of the module itself still waits for its shape. */
export function hasUninitialized(module: Module): boolean {
  return [...own<Tensor>(module, 'parameters'), ...own<Tensor>(module, 'buffers')].some(([, value]) => is_lazy(value));
}

/** A class made lazy. */
type LazyClass<Base extends ModuleClass> = abstract new (
  ...args: ConstructorParameters<Base>
) => InstanceType<Base> & LazyModule;

/**
 * `class LazyLinear extends LazyModuleMixin(Linear)`: the first call runs `initialize_parameters`, and then the module
 * becomes one of the class `becomes` (none when null).
 * https://docs.pytorch.org/docs/2.13/generated/torch.nn.modules.lazy.LazyModuleMixin.html
 */
export function LazyModuleMixin<Base extends ModuleClass>(
  Class: Base,
  becomes: { prototype: object } | null = Class,
): LazyClass<Base> {
  abstract class Lazy extends Class implements LazyModule {
    declare _initialize_hook?: RemovableHandle;

    // biome-ignore lint/suspicious/noExplicitAny: TypeScript asks this of the constructor of a mixin
    constructor(...args: any[]) {
      super(...args);
      // The module is the one called: a deep copy has the same hooks.
      const infer = (module: Module, inputs: unknown[], kwargs: Record<string, unknown>): null => {
        (module as Lazy).infer([...inputs, ...Object.values(kwargs)]);
        return null;
      };
      this._initialize_hook = this.register_forward_pre_hook(infer, { with_kwargs: true });
    }

    initialize_parameters(..._inputs: unknown[]): void {
      throw new NotImplementedError(`initialize_parameters is not implemented for ${this.constructor.name}`);
    }

    has_uninitialized_params(): boolean {
      return hasUninitialized(this);
    }

    infer(inputs: unknown[]): void {
      this.initialize_parameters(...inputs);
      if (this.has_uninitialized_params()) {
        throw new TorchError(`module ${this._get_name()} has not been fully initialized`);
      }
      this._initialize_hook?.remove();
      delete this._initialize_hook;
      if (becomes !== null) Object.setPrototypeOf(this, becomes.prototype);
    }
  }
  return Lazy as unknown as LazyClass<Base>;
}
