/**
 * The whole Tensor. Each folder that adds to it declares its members and has a function that installs them; all are called
 * here, once, before a program can have a tensor: every file of entries/ loads this one first.
 */
import '../base/bundled';
import { addAutograd } from '../autograd/members';
import { explainLeftOut } from '../base/left_out';
import { addFunctional } from '../functional/members';
import { addPrinting } from '../printing/members';
import { addIndexing } from '../tensor/indexing';
import { Tensor } from '../tensor/tensor';

// So that a program's compiler finds the declarations too.
export type { AutogradMembers } from '../autograd/members';
export type { Node } from '../autograd/node';
export type { Event } from '../context/streams';
export type { FunctionalMembers } from '../functional/members';
export type { TensorMethods } from '../generated/methods';
export type { NativePart } from '../native/part';
export type { PrintingMembers } from '../printing/members';
export type { Generator } from '../tensor/generator';
export type { IndexingMembers } from '../tensor/indexing';

addIndexing();
addAutograd();
addPrinting();
addFunctional();
explainLeftOut('torch.Tensor', Tensor.prototype);
