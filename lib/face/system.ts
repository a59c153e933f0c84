/** Packages, threads and files without tensors: for workers too, which load no native code. */

export { runBlocking } from '../base/blocking';
export { display, type Kernel, kernel, type MimeBundle, plain, tableBundle } from '../base/display';
export { describeFailure, type Failure, rebuildFailure } from '../base/failure';
export { optional, requireInstalled } from '../base/optional';
export { FileBytes } from '../files/bytes';
export { type Checksum, digestOf, fetchFile, Refused, reasonOf, WrongChecksum } from '../files/download';
export { ZipArchive } from '../files/zip/archive';
