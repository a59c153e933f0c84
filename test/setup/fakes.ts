/** Small stand-ins for libtorch, Python and pip, to test the setup scripts without fetching anything. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';

export const root = join(__dirname, '..', '..', '..');

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A temporary folder, removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsorch-test-'));
  folders.push(folder);
  return folder;
}

const versionHeader = (version: string) =>
  ['MAJOR', 'MINOR', 'PATCH']
    .map((part, index) => `#define TORCH_VERSION_${part} ${version.split('.')[index]}\n`)
    .join('');

/** The files of a wheel, by name. */
export function wheelFiles(version = '2.13.0', variant = 'cpu'): Record<string, string> {
  const files: Record<string, string> = {
    'torch/lib/libtorch.so': 'torch',
    'torch/lib/libtorch_cpu.so': 'cpu',
    'torch/lib/libc10.so': 'c10',
    'torch/lib/libtorch_python.so': 'unwanted',
    'torch/nn/__init__.py': 'unwanted',
    'torch/include/torch/headeronly/version.h': versionHeader(version),
    'torch/version.py': `__version__ = '${version}+${variant}'\n`,
    'torchgen/packaged/ATen/native/native_functions.yaml': '[]',
    'torchgen/packaged/ATen/native/tags.yaml': '[]',
    'torchgen/packaged/autograd/derivatives.yaml': '[]',
    'torchgen/packaged/autograd/deprecated.yaml': '[]',
  };
  if (variant !== 'cpu') files['torch/lib/libtorch_cuda.so'] = 'cuda';
  return files;
}

/** An unpacked libtorch in `folder`/torch. */
export function fakeLibtorch(folder: string, version?: string, variant?: string): string {
  for (const [name, content] of Object.entries(wheelFiles(version, variant))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return join(folder, 'torch');
}

/** A zip archive without compression. */
export function zip(file: string, members: Record<string, string>): void {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(members)) {
    const content = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  writeFileSync(file, Buffer.concat([...locals, directory, end]));
}

/** A `python3` in `folder`: its torch is at `torch`, its pip copies `wheel` and notes each call in pip.log. */
export function fakePython(folder: string, { torch = '', wheel = '' } = {}): void {
  const script = `#!/bin/sh
case "$*" in
  -c*) echo "${torch}" ;;
  *--version*) [ -n "${wheel}" ] && echo pip ;;
  *download*)
    echo "$*" >> "${folder}/pip.log"
    while [ "$1" != --dest ]; do shift; done
    cp "${wheel}" "$2" ;;
esac
`;
  mkdirSync(folder, { recursive: true });
  for (const name of ['python3', 'python']) {
    writeFileSync(join(folder, name), script);
    chmodSync(join(folder, name), 0o755);
  }
}

/**
 * Runs code that uses the setup scripts (ES modules, which jest does not load) in a Node process of its own.
 * It sees `scripts`, their folder's URL, and prints its result. Downloads fail at once: the proxy does not exist.
 */
export function runModule(code: string, env: NodeJS.ProcessEnv = {}): { stdout: string; stderr: string } {
  const scripts = `const scripts = ${JSON.stringify(`${pathToFileURL(join(root, 'scripts')).href}/`)};\n`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', scripts + code], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HTTPS_PROXY: 'http://127.0.0.1:9', ...env },
  });
  return { stdout: stdout.trim(), stderr };
}
