/**
 * The stacks of a profile's calls. V8 keeps a stack in a microsecond and makes frames of it when they are asked for,
 * so a call only keeps it; when the profile ends, frames.ts asks.
 */
import { existsSync, readFileSync } from 'node:fs';
import { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This package's code: how it comes to a call is none of the user's doing. */
const OURS = dirname(dirname(__dirname)) + sep;
const DEEPEST = 64;

/** A place in the user's code. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  /** What tells it from others. */
  readonly key: string;
}

export interface KeptStack {
  readonly stack?: unknown;
}

/** Keeps the stack in which it is called, but for the function given. */
export function keepStack(above: (...args: never[]) => unknown): KeptStack {
  const kept = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEPEST;
  Error.captureStackTrace(kept, above);
  Error.stackTraceLimit = stackTraceLimit;
  return kept;
}

/** The lines that a program's source maps give for those that run. */
class Sources {
  private readonly maps = new Map<string, SourceMap | null>();
  private readonly files = new Map<string, string>();

  original(path: string, line: number, column: number): { path: string; line: number } {
    const entry = this.mapOf(path)?.findEntry(line - 1, column - 1);
    if (entry === undefined || !('originalSource' in entry)) return { path, line };
    return { path: this.sourceOf(path, entry.originalSource), line: entry.originalLine + 1 };
  }

  /** How a file is shown: from the working directory on, if it lies there. */
  shown(path: string): string {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const from = relative(process.cwd(), path);
    const shown = from.startsWith('..') ? path : from;
    this.files.set(path, shown);
    return shown;
  }

  private mapOf(path: string): SourceMap | null {
    let map = this.maps.get(path);
    if (map === undefined) {
      map = findSourceMap(path) ?? readMap(path);
      this.maps.set(path, map);
    }
    return map;
  }

  private sourceOf(path: string, source: string): string {
    return source.startsWith('file:') ? fileURLToPath(source) : resolve(dirname(path), source);
  }
}

/** The map that a file names at its end, where Node was not told to read it (--enable-source-maps). */
function readMap(path: string): SourceMap | null {
  if (!existsSync(path)) return null;
  const url = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(readFileSync(path, 'utf8'))?.[1];
  if (url === undefined) return null;
  const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(url)?.[1];
  try {
    const text =
      inline === undefined ? readFileSync(resolve(dirname(path), url), 'utf8') : Buffer.from(inline, 'base64');
    return new SourceMap(JSON.parse(String(text)) as SourceMapPayload);
  } catch {
    return null; // a map that is not there or cannot be read: the lines that run are shown
  }
}

/** Makes places of the stacks that were kept. */
export class StackReader {
  private readonly sources = new Sources();
  private readonly places = new Map<string, Place | null>();

  /** The user's frames, outermost first. */
  read(kept: KeptStack): Place[] {
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = (_, sites) => sites;
    try {
      const sites = kept.stack as NodeJS.CallSite[];
      const places = sites.filter((site) => !site.isNative()).map((site) => this.placeOf(site));
      return places.filter((place) => place !== null).reverse();
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  }

  private placeOf(site: NodeJS.CallSite): Place | null {
    const file = site.getFileName();
    if (!file || file.startsWith('node:')) return null;
    const at = `${file}:${site.getLineNumber()}:${site.getColumnNumber()}:${nameOf(site)}`;
    let place = this.places.get(at);
    if (place === undefined) {
      place = this.make(site, file);
      this.places.set(at, place);
    }
    return place;
  }

  private make(site: NodeJS.CallSite, file: string): Place | null {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    if (path.startsWith(OURS)) return null;
    const { path: source, line } = this.sources.original(path, site.getLineNumber() ?? 0, site.getColumnNumber() ?? 0);
    const name = nameOf(site);
    const shown = this.sources.shown(source);
    return { file: shown, line, name, key: `${shown}:${line}:${name}` };
  }
}

/** Types that say nothing of a method's class: a module is a function, too. */
const untold = new Set(['Object', 'Function', 'Proxy']);

/** The function of a frame, with its class if it is a method. */
function nameOf(site: NodeJS.CallSite): string {
  const name = site.getFunctionName();
  if (name === null) return '<anonymous>';
  const type = site.isToplevel() ? null : site.getTypeName();
  return type === null || untold.has(type) || name.includes('.') ? name : `${type}.${name}`;
}
