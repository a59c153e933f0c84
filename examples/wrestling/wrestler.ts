/** The state of one wrestler. */
import { direction, length, scale, type Vector, vector } from './geometry';
import {
  ENERGY_CAPACITY,
  ENERGY_DIVISOR,
  ENERGY_RECOVERY,
  EXHAUSTED,
  FORCE,
  MASS,
  SPEED_LIMIT,
  STARTS,
  TIME_STEP,
  TURN,
} from './scenario';

/** 0 is the red wrestler above the centre, 1 the blue one below. */
export type Side = 0 | 1;

export type Action = readonly [force: number, turn: number];

export interface Wrestler {
  position: Vector;
  velocity: Vector;
  /** Degrees; it is not kept within a full turn. */
  angle: number;
  energy: number;
  /** Has touched the stage's boundary. */
  out: boolean;
  readonly color: number;
}

export function atStart(side: Side): Wrestler {
  const { position, angle, color } = STARTS[side];
  return { position, angle, color, velocity: vector(0, 0), energy: ENERGY_CAPACITY, out: false };
}

function checked(name: string, value: number, { low, high }: { low: number; high: number }): number {
  if (!(value >= low && value <= high)) throw new RangeError(`${name} ${value} is not between ${low} and ${high}`);
  return value;
}

/** Turns the wrestler and returns its acceleration; an exhausted one does neither. */
export function turnAndPush(wrestler: Wrestler, action: Action): Vector {
  const force = checked('force', action[0], FORCE);
  const turn = checked('turn', action[1], TURN);
  if (wrestler.energy < 0) return vector(0, 0);
  wrestler.angle += turn;
  return scale(direction(wrestler.angle), force / MASS);
}

export function limitSpeed(wrestler: Wrestler): void {
  const speed = length(wrestler.velocity);
  if (speed > SPEED_LIMIT) wrestler.velocity = scale(wrestler.velocity, SPEED_LIMIT / speed);
}

/** Pays for the push and recovers; who has nothing left is exhausted for the rest of the bout. */
export function spendEnergy(wrestler: Wrestler, acceleration: Vector): void {
  if (wrestler.energy < 0) return;
  const power = (MASS * length(acceleration) * length(wrestler.velocity)) / ENERGY_DIVISOR;
  const energy = wrestler.energy - (power - ENERGY_RECOVERY) * TIME_STEP;
  wrestler.energy = energy < 0 ? EXHAUSTED : Math.min(energy, ENERGY_CAPACITY);
}
