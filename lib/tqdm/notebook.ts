/** A bar in a notebook: one output that is shown again. */
import { randomUUID } from 'node:crypto';
import { display, type Kernel, type MimeBundle } from '../face/system';

export class NotebookBar {
  private readonly id = randomUUID();
  private drawn = Number.NEGATIVE_INFINITY;
  private shown = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly options: { mininterval: number; leave: boolean },
    private readonly text: () => string,
  ) {}

  start(): void {
    this.draw(this.text());
  }

  update(): void {
    if (performance.now() - this.drawn >= 1000 * this.options.mininterval) this.draw(this.text());
  }

  stop(): void {
    this.draw(this.options.leave ? this.text() : '');
  }

  private draw(text: string): void {
    const bundle: MimeBundle = { 'text/plain': text };
    // The kernel sends it when the loop lets it; a kernel that is gone says so by itself.
    void this.kernel.display({ [display]: () => bundle }, { display_id: this.id, update: this.shown });
    this.shown = true;
    this.drawn = performance.now();
  }
}
