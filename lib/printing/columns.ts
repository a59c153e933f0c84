/** Elements as text of one width, in the notation that suits them all. */

import { Complex } from '../base/types';
import { native } from '../native/addon';
import { call } from '../native/frame';
import { printOptions } from './options';

/** The texts of all elements, and the width of the widest that decides the columns. */
export interface Columns {
  texts: string[];
  width: number;
}

/** An element of a tensor as `tolist` gives it. */
export type Element = number | bigint | boolean | Complex;

/** What C's printf writes, which rounds as Python does; `toFixed` does not. */
function printf(values: number[], style: 'e' | 'f', digits: number): string[] {
  const texts = call(native.format_numbers, values, style, digits);
  return texts.map((text, i) => (Number.isNaN(values[i]) ? 'nan' : text)); // a NaN's sign is not shown
}

/** Whether the numbers are too far apart or too large or small for plain decimals. */
function needsExponents(magnitudes: number[]): boolean {
  if (printOptions.sci_mode !== null) return printOptions.sci_mode;
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const magnitude of magnitudes) {
    if (magnitude < smallest) smallest = magnitude;
    if (magnitude > largest) largest = magnitude;
  }
  return largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4;
}

/** Floats: whole ones as `3.`, others with `precision` digits. Only finite nonzero ones decide the notation. */
function floatColumns(values: number[]): Columns {
  const deciding = values.map((value) => value !== 0 && Number.isFinite(value));
  const magnitudes = values.filter((_, i) => deciding[i]).map(Math.abs);
  const whole = magnitudes.every(Number.isInteger);
  const exponents = magnitudes.length > 0 && needsExponents(magnitudes);
  const digits = whole && !exponents ? 0 : printOptions.precision;
  const point = whole && !exponents ? '.' : '';
  const texts = printf(values, exponents ? 'e' : 'f', digits).map((text, i) =>
    Number.isFinite(values[i]) ? text + point : text,
  );
  const width = texts.reduce((most, text, i) => (deciding[i] ? Math.max(most, text.length) : most), 1);
  return padded({ texts, width });
}

function plainText(value: bigint | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

function padded({ texts, width }: Columns): Columns {
  return { texts: texts.map((text) => text.padStart(width)), width };
}

/** Real and imaginary parts in columns of their own. */
function complexColumns(values: Complex[]): Columns {
  const real = floatColumns(values.map((value) => value.re));
  const imaginary = floatColumns(values.map((value) => value.im));
  const texts = real.texts.map((text, i) => {
    const part = imaginary.texts[i]!.trimStart();
    return `${text}${/^[+-]/.test(part) ? '' : '+'}${part}j`;
  });
  return { texts, width: real.width + imaginary.width + 1 };
}

/** The texts of a tensor's elements, all of them those of one dtype. */
export function columnsOf(elements: Element[], floating: boolean): Columns {
  if (floating) return floatColumns(elements as number[]);
  if (elements[0] instanceof Complex) return complexColumns(elements as Complex[]);
  const texts = (elements as (number | bigint | boolean)[]).map(plainText);
  return padded({ texts, width: texts.reduce((most, text) => Math.max(most, text.length), 1) });
}
