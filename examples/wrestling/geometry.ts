/** Vectors of the plane, and what the engine computes with them. */

export interface Vector {
  readonly x: number;
  readonly y: number;
}

export function vector(x: number, y: number): Vector {
  return { x, y };
}

export function add(a: Vector, b: Vector): Vector {
  return { x: a.x + b.x, y: a.y + b.y };
}

export function subtract(a: Vector, b: Vector): Vector {
  return { x: a.x - b.x, y: a.y - b.y };
}

export function scale(a: Vector, factor: number): Vector {
  return { x: a.x * factor, y: a.y * factor };
}

export function dot(a: Vector, b: Vector): number {
  return a.x * b.x + a.y * b.y;
}

/** The third component of the cross product. */
export function cross(a: Vector, b: Vector): number {
  return a.x * b.y - a.y * b.x;
}

export function length(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

export function distance(a: Vector, b: Vector): number {
  return length(subtract(a, b));
}

export function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

/** The unit vector at an angle of degrees; with y pointing down, angles grow clockwise. */
export function direction(degrees: number): Vector {
  return { x: Math.cos(radians(degrees)), y: Math.sin(radians(degrees)) };
}

/** Coordinates of `a` along `axis` and along the axis 90 degrees further (on the screen: ahead, and to the right). */
export function along(a: Vector, axis: Vector): Vector {
  return { x: a.x * axis.x + a.y * axis.y, y: a.x * -axis.y + a.y * axis.x };
}

/** The distance of a point from the line through two others. */
export function distanceToLine(point: Vector, [from, to]: readonly [Vector, Vector]): number {
  const line = subtract(to, from);
  return Math.abs(cross(subtract(point, from), line)) / length(line);
}

/** Where two segments meet, as a point of the first; parallel ones do not. */
export function intersection(
  [p, p2]: readonly [Vector, Vector],
  [q, q2]: readonly [Vector, Vector],
): Vector | undefined {
  const r = subtract(p2, p);
  const s = subtract(q2, q);
  const area = cross(r, s);
  if (area === 0) return undefined;
  const between = subtract(q, p);
  const t = cross(between, s) / area;
  const u = cross(between, r) / area;
  return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? add(p, scale(r, t)) : undefined;
}
