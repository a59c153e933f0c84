/** Autograd functions of yours under autocast. https://docs.pytorch.org/docs/2.13/amp.html#autocast-and-custom-autograd-functions */
import { requireFunction, requireString } from '../arguments/checks';
import { type DType, dtypes } from '../base/types';
import { autocast, get_autocast_dtype, is_autocast_enabled } from '../context/autocast';
import { isList, isOptions } from '../native/kinds';
import { Tensor } from '../tensor/tensor';
import * as signatures from './generated/amp';

/** What `forward` and `backward` get first, with what the one notes for the other. */
interface Context {
  _dtype?: DType;
  _fwd_used_autocast?: boolean;
}

type Step<Args extends unknown[], Result> = (ctx: never, ...args: Args) => Result;
type AnyStep = (ctx: never, ...args: never[]) => unknown;

/** A decorator without a function makes one in Python; here the function is there. */
function requireStep(name: string, argument: string, value: unknown): asserts value is AnyStep {
  requireFunction(name, argument, value);
}

function cast(value: unknown, device_type: string, dtype: DType): unknown {
  if (value instanceof Tensor) {
    const eligible = value.is_floating_point() && value.device.type === device_type && value.dtype !== dtypes.float64;
    return eligible ? value.to(dtype) : value;
  }
  if (isList(value)) return value.map((each) => cast(each, device_type, dtype));
  if (isOptions(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cast(each, device_type, dtype)]));
  }
  return value;
}

/** Wraps the `forward` of an autograd function: `static forward = custom_fwd((ctx, x) => …, { device_type: 'cpu' })`. */
export function custom_fwd<Args extends unknown[], Result>(
  fwd: Step<Args, Result>,
  options: signatures.CustomFwdRest,
): Step<Args, Result>;
export function custom_fwd<Args extends unknown[], Result>(
  args: signatures.CustomFwdRest & { fwd: Step<Args, Result> },
): Step<Args, Result>;
export function custom_fwd(...given: unknown[]): AnyStep {
  const [forward, device_type, cast_inputs] = signatures.custom_fwd.list(given);
  requireStep('custom_fwd', 'fwd', forward);
  requireString('custom_fwd', 'device_type', device_type);
  return (ctx: never, ...args: unknown[]) => {
    const context = ctx as Context;
    const enabled = is_autocast_enabled(device_type);
    context._dtype = get_autocast_dtype(device_type);
    context._fwd_used_autocast = cast_inputs === null && enabled;
    if (cast_inputs === null || !enabled) return forward(ctx, ...(args as never[]));
    return autocast(device_type, { enabled: false }, () => {
      return forward(ctx, ...(args.map((arg) => cast(arg, device_type, cast_inputs)) as never[]));
    });
  };
}

/** Wraps the `backward` of an autograd function: it runs with autocast as its `forward` did. */
export function custom_bwd<Args extends unknown[], Result>(
  bwd: Step<Args, Result>,
  options: signatures.CustomBwdRest,
): Step<Args, Result>;
export function custom_bwd<Args extends unknown[], Result>(
  args: signatures.CustomBwdRest & { bwd: Step<Args, Result> },
): Step<Args, Result>;
export function custom_bwd(...given: unknown[]): AnyStep {
  const [backward, device_type] = signatures.custom_bwd.list(given);
  requireStep('custom_bwd', 'bwd', backward);
  requireString('custom_bwd', 'device_type', device_type);
  return (ctx: never, ...args: unknown[]) => {
    const { _dtype: dtype, _fwd_used_autocast: enabled } = ctx as Context;
    return autocast(device_type, { dtype, enabled }, () => backward(ctx, ...(args as never[])));
  };
}
