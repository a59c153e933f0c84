/** The board has no entry of the package: its modules, with their types. */
const inside = (name: string): unknown => require(`../../../dist/${name}`);

export const { Logs } = inside('board/logs') as typeof import('../../lib/board/logs');
export const { hparams, index, samples } = inside('board/answers') as typeof import('../../lib/board/answers');
export const { percentiles, range, rebinned } = inside('board/buckets') as typeof import('../../lib/board/buckets');
export const { smoothed } = inside('board/smoothing') as typeof import('../../lib/board/smoothing');
export const { allowedHost, typeOf } = inside('board/server') as typeof import('../../lib/board/server');
export const { serveBoard } = inside('board') as typeof import('../../lib/board');
export type { Board } from '../../lib/board';
export const { bytes, double, floats, integer, message, record, string } = inside(
  'face/protobuf',
) as typeof import('../../lib/face/protobuf');
export type * from '../../lib/board/replies';
export type { Field } from '../../lib/face/protobuf';
