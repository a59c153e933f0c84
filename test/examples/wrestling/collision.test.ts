import fc from 'fast-check';
import { contactTime, move } from '../../../examples/wrestling/collision';
import { add, distance, dot, scale, vector } from '../../../examples/wrestling/geometry';
import { RADIUS, TIME_STEP } from '../../../examples/wrestling/scenario';

const REST = [vector(0, 0), vector(0, 0)] as const;
const body = (x: number, y: number, vx: number, vy: number) => ({ position: vector(x, y), velocity: vector(vx, vy) });

test('the time until two discs touch', () => {
  expect(contactTime(body(0, 0, 10, 0), body(100, 0, -10, 0))).toBeCloseTo((100 - 2 * RADIUS) / 20, 12);
  expect(contactTime(body(0, 0, 10, 0), body(100, 0, 10, 0))).toBeUndefined();
  expect(contactTime(body(0, 0, 10, 0), body(100, 41, 0, 0))).toBeUndefined();
  expect(contactTime(body(0, 0, -10, 0), body(100, 0, 0, 0))).toBeLessThan(0);
});

test('a head-on hit hands over the velocity within the step; pushes act for all of it', () => {
  const bodies = [body(0, 0, 100, 0), body(2 * RADIUS + 5, 0, 0, 0)] as const;
  move(bodies, [vector(0, 0), vector(0, 30)]);
  expect(bodies[0].position.x).toBeCloseTo(5, 12);
  expect(bodies[1].position.x).toBeCloseTo(2 * RADIUS + 10, 12);
  expect(bodies[0].velocity.x).toBeCloseTo(0, 12);
  expect(bodies[1].velocity.x).toBeCloseTo(100, 12);
  expect(bodies[1].velocity.y).toBeCloseTo(3, 12);
  expect(bodies[1].position.y).toBe(0);
});

test('a bounce keeps momentum, energy and the centre of mass, and parts the discs', () => {
  const speed = fc.integer({ min: -10_000, max: 10_000 }).map((value) => value / 100);
  const angle = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
  const gap = fc.double({ min: 0.01, max: 9, noNaN: true });
  fc.assert(
    fc.property(speed, speed, speed, speed, angle, gap, (ax, ay, bx, by, angle, gap) => {
      const away = scale(vector(Math.cos(angle), Math.sin(angle)), 2 * RADIUS + gap);
      const bodies = [body(0, 0, ax, ay), body(away.x, away.y, bx, by)] as const;
      const total = (values: readonly { x: number; y: number }[]) => values.reduce((a, b) => add(a, b));
      const energy = () => bodies.reduce((sum, { velocity }) => sum + dot(velocity, velocity), 0);
      const momentum = total(bodies.map(({ velocity }) => velocity));
      const center = total(bodies.map(({ position }) => position));
      const before = energy();
      move(bodies, REST);
      expect(distance(total(bodies.map(({ velocity }) => velocity)), momentum)).toBeLessThan(1e-9);
      expect(Math.abs(energy() - before)).toBeLessThan(1e-8);
      const drift = add(center, scale(momentum, TIME_STEP));
      expect(distance(total(bodies.map(({ position }) => position)), drift)).toBeLessThan(1e-9);
      expect(distance(bodies[0].position, bodies[1].position)).toBeGreaterThan(2 * RADIUS - 1e-9);
    }),
  );
});
