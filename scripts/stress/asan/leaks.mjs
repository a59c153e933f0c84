// Reads LeakSanitizer's reports. A leak is the addon's when one of its frames is in the addon.

/** What stays to the end of the process by design. */
const expected = [
  { frame: /register_kernels/, reason: "kernels for the threads' random streams: part of the process, as libtorch's own" },
  { frame: /install_engine|JsEngine/, reason: "libtorch's engine is one a process, and never destroyed" },
  { frame: /v8::internal::(MemoryAllocator|MemoryChunk|Page|Heap)/, reason: "pages of V8's heap, which it keeps to the end" },
  { frame: /_dl_|dlopen|call_init|_GLOBAL__sub_I/, reason: 'static objects of loaded libraries' },
  { frame: /Dispatcher::|findSchema|OperatorHandle|c10::.*Type::get|parseSchema/, reason: "libtorch's tables of operators and types" },
]; // biome-ignore format: one a line

/**
 * @param {string} report
 * @returns {{ ours: { bytes: number, stack: string[] }[], expected: number, others: number }}
 */
export function leaksOf(report) {
  const blocks = report
    .split(/\n(?=(?:Direct|Indirect) leak of )/)
    .filter((block) => /^(Direct|Indirect) leak/.test(block));
  const found = blocks.map((block) => ({
    bytes: Number(/leak of (\d+)/.exec(block)?.[1]),
    stack: block.split('\n').filter((line) => /^\s+#\d+ /.test(line)),
    direct: block.startsWith('Direct'),
  }));
  const isOurs = (/** @type {{ stack: string[] }} */ { stack }) => stack.some((line) => /tsorch(\.node|::)/.test(line)); // with symbols, or without
  const isExpected = (/** @type {{ stack: string[] }} */ { stack }) =>
    expected.some(({ frame }) => stack.some((line) => frame.test(line)));
  const own = found.filter(isOurs);
  return {
    ours: own.filter((leak) => !isExpected(leak)),
    expected: own.filter(isExpected).length,
    others: found.length - own.length,
  };
}
