/** Without the packages that some features use, errors name them; everything else works. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryFolder } from './fakes';

const dist = join(__dirname, '..', '..', '..', 'dist', 'entries');

/** Runs code in a process for which the packages are not installed; gives what it prints. */
function without(code: string): string {
  const hidden = `
    const Module = require('node:module');
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (name, ...rest) {
      if (!/^(echarts|sharp|cli-progress|@bufbuild\\/protobuf|@huggingface\\/hub|@viz-js\\/viz|prom-client)(\\/|$)/.test(name)) return resolve.call(this, name, ...rest);
      throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' });
    };
    const load = (path) => require(${JSON.stringify(dist)} + '/' + path);
    const torch = load('main.js');
    const tried = (use) => { try { use(); return 'works'; } catch (error) { return error.message; } };`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', `${hidden}\nconsole.log(${code})`], {
    encoding: 'utf8',
    env: { ...process.env, FOLDER: temporaryFolder() },
  });
  expect(stderr).toBe('');
  return stdout.trim();
}

test.each([
  ["load('pyplot').gcf().to_svg()", "pyplot needs the package 'echarts': npm install echarts"],
  [
    "load('vision/io').encode_png(torch.ones(3, 2, 2, { dtype: torch.uint8 }))",
    "encode_png needs the package 'sharp': npm install sharp",
  ],
  [
    'new torch.utils.tensorboard.SummaryWriter(process.env.FOLDER)',
    "SummaryWriter needs the package '@bufbuild/protobuf': npm install @bufbuild/protobuf",
  ],
  [
    "load('torchviz').make_dot(torch.ones(1, { requires_grad: true })).svg()",
    "torchviz needs the package '@viz-js/viz': npm install @viz-js/viz",
  ],
  [
    "load('tqdm').tqdm([1], { file: { isTTY: true, columns: 60, write() {}, on() {} } })",
    "tqdm needs the package 'cli-progress': npm install cli-progress",
  ],
  [
    "load('huggingface_hub').snapshot_download('someone/model', { cache_dir: process.env.FOLDER })",
    "snapshot_download needs the package '@huggingface/hub': npm install @huggingface/hub",
  ],
  [
    "new (load('serve').ModelService)('model.js', { metrics: true })",
    "ModelService needs the package 'prom-client': npm install prom-client",
  ],
  ["[...load('tqdm').tqdm([1])]", 'works'],
  ["load('torchviz').make_dot(torch.ones(1, { requires_grad: true })).source", 'works'],
  ["new (load('vision').transforms.RandomCrop)(2)(torch.ones(3, 4, 4))", 'works'],
])('%s', (code, expected) => {
  expect(without(`tried(() => ${code})`)).toBe(expected);
});
