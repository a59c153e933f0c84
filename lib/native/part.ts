/** A native object that one subject alone knows: a program, a package. */
import { registerWrap } from './frame';
import { NativeObject, Tag, withHandle } from './object';

declare module './object' {
  interface NativeClasses {
    readonly Part: NativePart;
  }
}

/** Only a handle; the functions of its subject say what it is. */
export class NativePart extends NativeObject {}

Object.defineProperty(NativePart.prototype, '_tag', { value: Tag.Part });
registerWrap(Tag.Part, (handle) => withHandle(Object.create(NativePart.prototype) as NativePart, handle));
