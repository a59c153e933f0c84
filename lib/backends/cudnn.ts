/** https://docs.pytorch.org/docs/2.13/backends.html#module-torch.backends.cudnn */
export const cudnn = {
  /** Whether functions that ask may use cuDNN. */
  enabled: true,
};
