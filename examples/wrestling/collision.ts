/** Motion in continuous time: discs that meet within a step bounce off each other at that moment. */
import { add, dot, scale, subtract, type Vector } from './geometry';
import { MASS, RADIUS, RESTITUTION, TIME_STEP } from './scenario';
import type { Wrestler } from './wrestler';

type Body = Pick<Wrestler, 'position' | 'velocity'>;

/**
 * When two discs touch for the first time, if they keep their velocities: the smaller root of |p + v t| = 2r, for the
 * relative position p and velocity v. It is negative for discs that overlap already, undefined for those that never meet.
 */
export function contactTime(a: Body, b: Body): number | undefined {
  const p = subtract(a.position, b.position);
  const v = subtract(a.velocity, b.velocity);
  const speed2 = dot(v, v);
  if (speed2 === 0) return undefined;
  const half = dot(p, v) / speed2;
  const discriminant = half * half - (dot(p, p) - (2 * RADIUS) ** 2) / speed2;
  return discriminant < 0 ? undefined : -half - Math.sqrt(discriminant);
}

/** Equal masses exchange their velocities along the line between the centres. */
function bounce(a: Body, b: Body): void {
  const normal = subtract(a.position, b.position);
  const share = dot(normal, subtract(a.velocity, b.velocity)) / dot(normal, normal);
  const impulse = scale(normal, ((2 * MASS) / (MASS + MASS)) * share);
  a.velocity = scale(subtract(a.velocity, impulse), RESTITUTION);
  b.velocity = scale(add(b.velocity, impulse), RESTITUTION);
}

function drift(body: Body, time: number): void {
  body.position = add(body.position, scale(body.velocity, time));
}

/**
 * Moves both by one step. Positions follow the velocities from before the step (explicit Euler), and the accelerations
 * act for the whole step, also where a collision used up some of it.
 */
export function move(bodies: readonly [Body, Body], accelerations: readonly [Vector, Vector]): void {
  const [a, b] = bodies;
  let remaining = TIME_STEP;
  for (let time = contactTime(a, b); time !== undefined && time >= 0 && time < remaining; time = contactTime(a, b)) {
    drift(a, time);
    drift(b, time);
    bounce(a, b);
    remaining -= time;
  }
  bodies.forEach((body, i) => {
    drift(body, remaining);
    body.velocity = add(body.velocity, scale(accelerations[i]!, TIME_STEP));
  });
}
