/** https://docs.pytorch.org/docs/2.13/backends.html#module-torch.backends.mha */

let enabled = true;

/** Whether attention and transformer layers may use their fused kernels for inference. */
export function get_fastpath_enabled(): boolean {
  return enabled;
}

export function set_fastpath_enabled(value: boolean): void {
  enabled = value;
}
