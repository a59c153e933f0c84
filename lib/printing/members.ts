/** The text of tensors: what `String(x)` and `console.log(x)` show. */
import { inspect } from 'node:util';
import { display, type MimeBundle, plain } from '../base/display';
import { addMembers } from '../tensor/members';
import { tensorToString } from './tensor';

export interface PrintingMembers {
  /** What Python's `print` shows. */
  toString(): string;
  [inspect.custom](): string;
  /** As notebooks show it. */
  [display](): MimeBundle;
}

declare module '../tensor/tensor' {
  interface Tensor extends PrintingMembers {}
}

/** Adds printing to Tensor. */
export function addPrinting(): void {
  addMembers<PrintingMembers>({
    toString() {
      return tensorToString(this);
    },

    [inspect.custom]() {
      return tensorToString(this);
    },

    [display]() {
      return plain(this);
    },
  });
}
