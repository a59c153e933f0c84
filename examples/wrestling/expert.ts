/**
 * An expert to imitate. Inside the inner circle it pushes towards the opponent, if it sees it, and otherwise towards the
 * centre. The stage has no friction, but the speed limit takes what pushing to and fro brings in: that keeps it on the stage,
 * although it looks at no velocity. So all that it acts on is in the picture, and a network can learn it from pictures.
 */
import { along, direction, distance, dot, length, scale, subtract, type Vector } from './geometry';
import type { Policy } from './policies';
import { CENTER, FORCE, INNER_RADIUS, TURN } from './scenario';
import { inside } from './view';
import type { Action, Wrestler } from './wrestler';

/** Acceleration for each unit of distance to the target, up to a limit. */
const GAIN = 2;
const LIMIT = 100;

const clamp = (value: number, { low, high }: { low: number; high: number }) => Math.min(high, Math.max(low, value));

/** Turns towards an acceleration as far as a turn goes, and pushes with the part of it that lies ahead then. */
function push(wrestler: Wrestler, acceleration: Vector): Action {
  const { x, y } = along(acceleration, direction(wrestler.angle));
  const turn = clamp((Math.atan2(y, x) * 180) / Math.PI, TURN);
  return [clamp(dot(acceleration, direction(wrestler.angle + turn)), FORCE), turn];
}

export const expert: Policy = (bout, side) => {
  const self = bout.wrestlers[side];
  const opponent = bout.wrestlers[1 - side]!;
  const seen = inside(along(subtract(opponent.position, self.position), direction(self.angle)));
  const attacks = seen && distance(self.position, CENTER) < INNER_RADIUS;
  const way = subtract(attacks ? opponent.position : CENTER, self.position);
  return push(self, scale(way, Math.min(GAIN, LIMIT / length(way))));
};
