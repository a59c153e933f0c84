/**
 * A pole on a cart: to be kept upright by pushing the cart to the left or to the right. It follows the equations of
 * Barto, Sutton and Anderson (1983), with the constants and the rules of Gymnasium's CartPole-v1.
 * https://gymnasium.farama.org/environments/classic_control/cart_pole/
 */
import torch from 'tsorch';

const GRAVITY = 9.8;
const CART_MASS = 1;
const POLE_MASS = 0.1;
const TOTAL_MASS = CART_MASS + POLE_MASS;
/** Half of the pole: the distance of its centre of mass from the hinge. */
const HALF_LENGTH = 0.5;
const FORCE = 10;
/** Seconds between two states. */
const TIME_STEP = 0.02;
const ANGLE_LIMIT = (12 * Math.PI) / 180;
const POSITION_LIMIT = 2.4;
/** The first state has each of its values between minus this and this. */
const START_RANGE = 0.05;

/** The cart's position and velocity, the pole's angle from upright (radians, clockwise) and angular velocity. */
export type State = [position: number, velocity: number, angle: number, angularVelocity: number];

/** Left and right. */
export type Push = 0 | 1;

export type StepResult = [state: State, reward: number, terminated: boolean, truncated: boolean];

/** How fast the velocities change: of the cart and of the pole. */
export function accelerations([, , angle, angularVelocity]: State, force: number): [linear: number, angular: number] {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const push = (force + POLE_MASS * HALF_LENGTH * angularVelocity ** 2 * sin) / TOTAL_MASS;
  const inertia = HALF_LENGTH * (4 / 3 - (POLE_MASS * cos ** 2) / TOTAL_MASS);
  const angular = (GRAVITY * sin - cos * push) / inertia;
  return [push - (POLE_MASS * HALF_LENGTH * angular * cos) / TOTAL_MASS, angular];
}

export class CartPole {
  /** A policy has solved the task when it gets this much on average in 100 episodes. */
  static readonly SOLVED = 475;
  static readonly MAX_STEPS = 500;

  private state: State = [0, 0, 0, 0];
  private steps = 0;

  /** A new episode, from a given state or from a random one. */
  reset(state?: State): State {
    this.state = state ?? (torch.rand(4).mul(2).sub(1).mul(START_RANGE).tolist() as State);
    this.steps = 0;
    return this.state;
  }

  /**
   * The next state; the reward is 1. An episode is terminated when the pole falls or the cart leaves the track, and
   * truncated after 500 steps.
   */
  step(action: Push): StepResult {
    const [x, v, angle, w] = this.state;
    const [linear, angular] = accelerations(this.state, action === 1 ? FORCE : -FORCE);
    this.state = [x + TIME_STEP * v, v + TIME_STEP * linear, angle + TIME_STEP * w, w + TIME_STEP * angular];
    this.steps += 1;
    const terminated = Math.abs(this.state[0]) > POSITION_LIMIT || Math.abs(this.state[2]) > ANGLE_LIMIT;
    return [this.state, 1, terminated, this.steps >= CartPole.MAX_STEPS];
  }
}
