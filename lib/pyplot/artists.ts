/** What an Axes holds, in the order of drawing. */
import type { LineStyle, Marker } from './format';

interface Common {
  label?: string;
  color: string;
  alpha: number;
}

export interface LineArtist extends Common {
  kind: 'line';
  points: [x: number, y: number][];
  /** In pixels. */
  width: number;
  linestyle: LineStyle;
  marker: Marker;
  markersize: number;
}

export interface PointsArtist extends Common {
  kind: 'points';
  points: [x: number, y: number][];
  /** Diameter in pixels. */
  size: number;
  marker: Marker;
  /** One colour for each point, where they differ. */
  colors?: string[];
}

export interface BoxesArtist extends Common {
  kind: 'boxes';
  boxes: [left: number, right: number, bottom: number, top: number][];
  edgecolor?: string;
}

export interface AreaArtist extends Common {
  kind: 'area';
  /** Its outline, once round. */
  points: [x: number, y: number][];
}

/** A line across the whole plot. */
export interface RuleArtist extends Common {
  kind: 'rule';
  axis: 'x' | 'y';
  at: number;
  width: number;
  linestyle: LineStyle;
}

export interface ImageArtist {
  kind: 'image';
  left: number;
  right: number;
  bottom: number;
  top: number;
  /** A data URL. */
  source: string;
}

export interface TextArtist {
  kind: 'text';
  x: number;
  y: number;
  text: string;
  color: string;
  fontsize: number;
  ha: 'left' | 'center' | 'right';
  va: 'top' | 'center' | 'bottom';
}

export type Artist = LineArtist | PointsArtist | BoxesArtist | AreaArtist | RuleArtist | ImageArtist | TextArtist;

/** The coordinates along one axis that must be in sight. */
export function coordinates(artist: Artist, axis: 'x' | 'y'): number[] {
  const i = axis === 'x' ? 0 : 1;
  switch (artist.kind) {
    case 'line':
    case 'points':
    case 'area':
      return artist.points.map((point) => point[i]);
    case 'boxes':
      return artist.boxes.flatMap((box) => (axis === 'x' ? [box[0], box[1]] : [box[2], box[3]]));
    case 'image':
      return axis === 'x' ? [artist.left, artist.right] : [artist.bottom, artist.top];
    case 'rule':
      return artist.axis === axis ? [artist.at] : [];
    case 'text':
      return [];
  }
}
