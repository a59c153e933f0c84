import { vector } from '../../../examples/wrestling/geometry';
import { pythonSet } from '../../../examples/wrestling/python_set';
import cases from './golden/set_order.json';

test('points come in the order of a Python set', () => {
  for (const { points, set } of cases) {
    const ordered = pythonSet(points.map(([x, y]) => vector(x!, y!)));
    expect(ordered.map(({ x, y }) => [x, y])).toEqual(set);
  }
  expect(cases.some(({ points, set }) => JSON.stringify(points) !== JSON.stringify(set))).toBe(true);
});
