/** torch.testing. https://docs.pytorch.org/docs/2.13/testing.html */
export { assert_allclose, assert_close } from './assert_close';
export type { AssertCloseOptions } from './generated/testing';
export { type MakeTensorOptions, make_tensor } from './make_tensor';
