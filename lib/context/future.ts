/** Behaviour that PyTorch may make the default later. https://docs.pytorch.org/docs/2.13/future_mod.html */
import { requireBoolean } from '../arguments/checks';
import { REQUIRED, Signature } from '../arguments/signature';

const settings = { overwrite: false, swap: false };

function setter(name: string, setting: keyof typeof settings) {
  const signature = new Signature<{ value: boolean }>(name, { value: REQUIRED });
  return (...args: [value: boolean | { value: boolean }]): void => {
    const { value: wanted } = signature.read(args);
    requireBoolean(name, 'value', wanted);
    settings[setting] = wanted;
  };
}

/** Whether converting a module replaces its parameters by new ones, rather than their data. */
export const get_overwrite_module_params_on_conversion = (): boolean => settings.overwrite;
export const set_overwrite_module_params_on_conversion = setter(
  'set_overwrite_module_params_on_conversion',
  'overwrite',
);

/** Whether converting a module exchanges its parameters with `torch.utils.swap_tensors`. */
export const get_swap_module_params_on_conversion = (): boolean => settings.swap;
export const set_swap_module_params_on_conversion = setter('set_swap_module_params_on_conversion', 'swap');
