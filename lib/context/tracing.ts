/** What is to be done while torch.jit traces a function. It lies low, since tensors and modules take part. */

export interface Tracing {
  /** A tensor's value or size became a value of JavaScript, which the graph has as a constant. */
  left(what: 'number' | 'list' | 'array' | 'size'): void;
}

/** The trace of this thread; null outside of one. */
export const tracing: { current: Tracing | null } = { current: null };
