/** C's math library, which is Python's `math` and `**`: JavaScript's functions differ in the last bit of some results. */
import { native } from './addon';
import { call } from './frame';

/** In the order of native/c_math.cpp. */
const functions = ['pow', 'cos', 'sin', 'tan', 'log', 'exp'] as const;

function compute(name: (typeof functions)[number], x: number, y = 0): number {
  return call(native.c_math, functions.indexOf(name), x, y);
}

export const pow = (x: number, y: number): number => compute('pow', x, y);
export const cos = (x: number): number => compute('cos', x);
export const sin = (x: number): number => compute('sin', x);
export const tan = (x: number): number => compute('tan', x);
export const log = (x: number): number => compute('log', x);
export const exp = (x: number): number => compute('exp', x);
