/** What the functions of `torch.ops` are called: `aten::mm`. */
export const packetNames = new WeakMap<object, string>();
