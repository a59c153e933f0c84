// The platforms with prebuilt packages, and all in which they differ.
import { platform } from '../libtorch/pins.mjs';

/**
 * @typedef {object} Platform
 * @property {string} os   as npm's package.json has it
 * @property {string} cpu
 * @property {string} [libc]
 * @property {string[]} libraries  of libtorch, which a program needs; the first one opens all others
 * @property {string} rpath  where the addon looks for libtorch if nobody opened it
 * @property {boolean} oldSymbols  whether symbols of the system have versions
 * @property {string[]} strip  the program that takes symbols out of a library
 */

const linux = {
  os: 'linux',
  libc: 'glibc',
  libraries: ['libtorch.so', 'libtorch_cpu.so', 'libc10.so', 'libgomp.so.1'],
  oldSymbols: true,
  strip: ['strip', '--strip-unneeded'],
};

/** @type {Record<string, Platform>} */
export const platforms = {
  'linux-x64': { ...linux, cpu: 'x64', rpath: '$ORIGIN/../libtorch-linux-x64/lib' },
  'linux-arm64': {
    ...linux,
    cpu: 'arm64',
    // The wheel for ARM brings its own BLAS.
    libraries: [...linux.libraries, 'libarm_compute*.so', 'libgfortran*.so*', 'libopenblas*.so*'],
    rpath: '$ORIGIN/../libtorch-linux-arm64/lib',
  },
  'darwin-arm64': {
    os: 'darwin',
    cpu: 'arm64',
    libraries: ['libtorch.dylib', 'libtorch_cpu.dylib', 'libc10.dylib', 'libomp.dylib'],
    rpath: '@loader_path/../libtorch-darwin-arm64/lib',
    oldSymbols: false,
    strip: ['strip', '-x'],
  },
  'win32-x64': {
    os: 'win32',
    cpu: 'x64',
    libraries: ['torch.dll', 'torch_cpu.dll', 'c10.dll', 'uv.dll', 'libiomp5md.dll'],
    rpath: '',
    oldSymbols: false,
    strip: [],
  },
};

/** This machine's. @returns {Platform & { name: string }} */
export function thisPlatform() {
  const found = platforms[platform];
  if (!found)
    throw new Error(`there is no prebuilt package for ${platform}: only for ${Object.keys(platforms).join(', ')}`);
  return { ...found, name: platform };
}
