/** torch.testing. https://docs.pytorch.org/docs/2.13/testing.html */
export { type AssertCloseOptions, assert_allclose, assert_close } from './assert_close';
export { type MakeTensorOptions, make_tensor } from './make_tensor';
