/**
 * An expert to imitate. It runs into the opponent as long as it sees it, else goes to the centre; and it is never faster
 * than it could brake before the boundary. Unlike a policy that only has the picture, it knows its velocity.
 */
import { along, cross, direction, dot, length, scale, subtract, type Vector } from './geometry';
import type { Policy } from './policies';
import { CENTER, FORCE, RADIUS, STAGE_RADIUS, TURN } from './scenario';
import { inside } from './view';
import type { Action, Wrestler } from './wrestler';

const CRUISING_SPEED = 80;
/** What a push backwards slows down by at least, while the wrestler has not turned yet. */
const BRAKING = 80;
/** Room to leave before the boundary. */
const MARGIN = 40;
/** Acceleration for each unit of velocity that is missing. */
const GAIN = 4;

const clamp = (value: number, { low, high }: { low: number; high: number }) => Math.min(high, Math.max(low, value));

/** How far it is from a point to the boundary, along a unit vector. */
function room(from: Vector, heading: Vector): number {
  const arm = subtract(from, CENTER);
  const sideways = cross(arm, heading);
  return Math.sqrt(Math.max(0, (STAGE_RADIUS - RADIUS) ** 2 - sideways ** 2)) - dot(arm, heading);
}

/** The velocity to have on the way to a point: as fast as allows to stop `MARGIN` before the boundary. */
function velocityTo(target: Vector, from: Vector): Vector {
  const way = subtract(target, from);
  const far = length(way);
  if (far === 0) return way;
  const heading = scale(way, 1 / far);
  const limit = Math.sqrt(2 * BRAKING * Math.max(0, room(from, heading) - MARGIN));
  return scale(heading, Math.min(CRUISING_SPEED, limit));
}

/** Turns towards an acceleration as far as a turn goes, and pushes with the part of it that lies ahead. */
function push(wrestler: Wrestler, acceleration: Vector): Action {
  const { x, y } = along(acceleration, direction(wrestler.angle));
  const turn = clamp((Math.atan2(y, x) * 180) / Math.PI, TURN);
  return [clamp(dot(acceleration, direction(wrestler.angle + turn)), FORCE), turn];
}

export const expert: Policy = (bout, side) => {
  const self = bout.wrestlers[side];
  const opponent = bout.wrestlers[1 - side]!;
  const seen = inside(along(subtract(opponent.position, self.position), direction(self.angle)));
  const target = seen ? opponent.position : CENTER;
  const wanted = velocityTo(target, self.position);
  return push(self, scale(subtract(wanted, self.velocity), GAIN));
};
