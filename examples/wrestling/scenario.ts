/**
 * The scenario "wrestling" of the Jidi platform's Olympics engine (2022): its stage, its wrestlers and its rules.
 * Lengths are pixels of a 600 x 600 window with y pointing down, angles are degrees, turning clockwise on the screen.
 */
import { type Vector, vector } from './geometry';

/** What an observation's pixels stand for. */
export const Color = { empty: 0, green: 1, grey: 4, blue: 8, red: 10 } as const;

/** Seconds that a step lasts. */
export const TIME_STEP = 0.1;
export const MAX_STEPS = 500;
export const SPEED_LIMIT = 100;

/** Touching the circle around the stage is losing; the small circle and the cross are for orientation only. */
export const CENTER: Vector = vector(300, 350);
export const STAGE_RADIUS = 200;
export const INNER_RADIUS = 50;
export const CROSS: readonly (readonly [Vector, Vector])[] = [
  [vector(140, 350), vector(460, 350)],
  [vector(300, 190), vector(300, 510)],
];

export const RADIUS = 20;
export const MASS = 1;
/** 1 is elastic: two wrestlers of equal mass exchange what they have of velocity along the line between them. */
export const RESTITUTION = 1;
/** Where the wrestlers start, and which way they face. */
export const STARTS = [
  { position: vector(300, 200), angle: 90, color: Color.red },
  { position: vector(300, 500), angle: -90, color: Color.blue },
] as const;

/** An action is a force along the direction that the wrestler faces, and a turn before it pushes. */
export const FORCE = { low: -100, high: 200 } as const;
export const TURN = { low: -30, high: 30 } as const;

export const ENERGY_CAPACITY = 1000;
/** Energy that comes back in a second. */
export const ENERGY_RECOVERY = 200;
/** A force costs its magnitude times the speed over this, in a second. */
export const ENERGY_DIVISOR = 50;
/** The energy of a wrestler who ran out of it: from then on only its velocity moves it. */
export const EXHAUSTED = -1;
