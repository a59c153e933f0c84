/** Every operator that the loaded libtorch knows can be called: its schema is understood. */
import { join } from 'node:path';
import 'tsorch'; // first: it gives the frame its collector
import type * as Addon from '../../lib/native/addon';
import type * as Frame from '../../lib/native/frame';
import type * as Operators from '../../lib/operators/operator';
import type * as Signatures from '../../lib/operators/signature';
import type * as Ops from '../../lib/torch/ops';

const dist = join(__dirname, '..', '..', '..', 'dist');
const { native } = require(join(dist, 'native', 'addon.js')) as typeof Addon;
const { call } = require(join(dist, 'native', 'frame.js')) as typeof Frame;
const { operatorOf } = require(join(dist, 'operators', 'operator.js')) as typeof Operators;
const { parseSignature } = require(join(dist, 'operators', 'signature.js')) as typeof Signatures;
const { entryOf } = require(join(dist, 'torch', 'ops.js')) as typeof Ops;

const names = call(native.operator_names).filter((name) => name.startsWith('aten::'));

it('reads the schema of every operator', () => {
  expect(names.length).toBeGreaterThan(2500);
  const misread = names.filter((name) => {
    const operator = operatorOf(name);
    const signature = parseSignature(entryOf(name, operator.schema), false);
    return signature.parameters.map((p) => p.name).join() !== operator.arguments.map((a) => a.name).join();
  });
  expect(misread).toEqual([]);
});
