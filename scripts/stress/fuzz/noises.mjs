// What other code may do in the middle of a call. It draws no random numbers and leaves nothing behind.

/** @param {any} torch @returns {(() => void)[]} */
export function noises(torch) {
  /** @param {() => unknown} run */
  const fails = (run) => {
    try {
      run();
    } catch {
      return;
    }
    throw new Error('noise that must fail did not');
  };
  /** Whether a transform of torch.func runs, in which no leaf can be made. @param {() => unknown} run */
  const transforming = (run) => {
    try {
      run();
      return false;
    } catch (error) {
      if (/functorch transform/.test(String(error))) return true;
      throw error;
    }
  };
  return [
    () => {},
    () => torch.gc(),
    () => torch.arange(6).view(2, 3).add(1).max(1),
    () => torch.tidy(() => torch.ones(3).cumsum(0).tolist()),
    () => torch.tidy(() => torch.tidy(() => torch.gc())),
    () => torch.ones(2).dispose(),
    () => torch.from_numpy(new Float32Array(8)).typed_array(),
    () => fails(() => torch.ones(2).add(torch.ones(3))),
    () => fails(() => torch.zeros(3).index(7)),
    () =>
      fails(() =>
        torch.tidy(() => {
          torch.ones(2);
          throw new Error('noise');
        }),
      ),
    () => {
      if (String(torch.cat([torch.ones(2), torch.zeros(1)]).tolist()) !== '1,1,0') throw new Error('cat is wrong');
    },
    () => {
      for (let i = 0; i < 40; i++) torch.zeros(i % 5);
    },
    () => {
      torch.complex(torch.ones(1), torch.ones(1)).to(torch.complex64);
      Array.from({ length: 1000 }, (_, i) => ({ i }));
    },
    () =>
      torch.enable_grad(() => {
        const x = torch.ones(2).mul(1);
        if (transforming(() => x.requires_grad_())) return;
        x.register_hook((/** @type {any} */ g) => g.mul(2));
        x.mul(x).sum().backward();
        if (String(x.grad.tolist()) !== '4,4') throw new Error('a gradient is wrong');
      }),
    () => torch.func.vmap((/** @type {any} */ x) => x.sin().sum())(torch.ones(2, 3)),
    () => torch.ones(2, 2, { device: 'meta' }).matmul(torch.ones(2, 2, { device: 'meta' })),
  ];
}
