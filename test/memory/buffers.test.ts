/** Memory that tensors and JavaScript's buffers have in common: who owns it, for how long, and what it counts. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import torch, { type Tensor } from 'tsorch';

const MiB = 2 ** 20;
const float32 = { dtype: torch.float32 };

/** What Node 22 and later have. */
type Movable = ArrayBuffer & { transfer?: (length?: number) => ArrayBuffer };

/** Node's, which the types of ES2023 leave out. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (limits: { initial: number; maximum: number }) => WasmMemory };
};

const lazyClone = (x: Tensor) => torch.ops.aten!._lazy_clone!(x) as Tensor;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Takes the memory of a buffer away from it, and lets nobody keep it. */
function moveAway(buffer: ArrayBuffer): void {
  structuredClone(buffer, { transfer: [buffer] });
}

/** An array over the memory of a lent buffer, by what a program may try: Node 20 copies, 22 transfers, 24 refuses. */
function moved(buffer: Movable): Float32Array {
  try {
    return new Float32Array(buffer.transfer?.() ?? structuredClone(buffer, { transfer: [buffer] }));
  } catch (error) {
    expect(String(error)).toMatch(/not detachable|could not be transferred|Cannot (perform|transfer)/);
    return new Float32Array(buffer);
  }
}

/** Buffers that would take memory which was freed too early. */
async function occupy(): Promise<Float32Array[]> {
  for (let i = 0; i < 3; i++) {
    torch.gc();
    await turn();
  }
  return Array.from({ length: 20 }, () => new Float32Array(MiB).fill(3));
}

describe('a tensor over a buffer', () => {
  it.each<[string, (array: Float32Array) => Tensor]>([
    ['from_numpy', (array) => torch.from_numpy(array)],
    ['frombuffer', (array) => torch.frombuffer(array.buffer, float32)],
    ['a view of it', (array) => torch.from_numpy(array).view(1024, -1).T.index(':', ':')],
  ])('keeps its memory when the buffer is transferred: %s', async (_, borrow) => {
    const array = new Float32Array(MiB).fill(7);
    const x = borrow(array);
    moveAway(array.buffer);
    expect(array.length).toBe(0);
    const others = await occupy();
    expect(x.sum().item()).toBe(7 * MiB);
    x.fill_(9);
    expect(others.every((other) => other[0] === 3 && other[MiB - 1] === 3)).toBe(true);
  });

  it('shares its memory with the buffer that it went to', () => {
    const { port1, port2 } = new MessageChannel();
    const array = new Float32Array(1000).fill(1);
    const x = torch.from_numpy(array);
    port1.postMessage(array, [array.buffer]);
    const received: Float32Array = receiveMessageOnPort(port2)!.message;
    received.fill(4);
    expect(x.sum().item()).toBe(4000);
    port1.close();
  });

  it('is left where it is by transfer() to another length', async () => {
    const array = new Float32Array(MiB).fill(7);
    const x = torch.from_numpy(array);
    const buffer: Movable = array.buffer;
    if (buffer.transfer === undefined) return moveAway(buffer); // Node 20
    const longer = buffer.transfer(8 * MiB);
    expect([longer.byteLength, buffer.byteLength, new Float32Array(longer)[MiB - 1]]).toEqual([8 * MiB, 0, 7]);
    const shorter = (longer as Movable).transfer!(8);
    expect([...new Float32Array(shorter)]).toEqual([7, 7]);
    const others = await occupy();
    expect(x.sum().item()).toBe(7 * MiB);
    expect(others).toHaveLength(20);
  });

  it('outlives a WebAssembly.Memory that grows', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 100 });
    const x = torch.frombuffer(memory.buffer, float32).fill_(2);
    memory.grow(50);
    expect(new Float32Array(memory.buffer)[100]).toBe(2);
    expect(x.sum().item()).toBe(2 * 16384);
  });

  it('refuses a buffer that can shrink, and views over one', () => {
    const buffer = new (ArrayBuffer as unknown as new (n: number, o: object) => ArrayBuffer)(64, {
      maxByteLength: 4096,
    });
    const message = /a resizable ArrayBuffer cannot be a tensor's memory/;
    expect(() => torch.frombuffer(buffer, float32)).toThrow(message);
    expect(() => torch.from_numpy(new Float32Array(buffer))).toThrow(message); // follows its length
    expect(() => torch.from_numpy(new Float32Array(buffer, 8, 2))).toThrow(message);
    expect(() => torch.frombuffer(new DataView(buffer), float32)).toThrow(TypeError);
    expect(torch.tensor(new Float32Array(buffer)).shape).toEqual([16]); // a copy
  });

  it('takes a SharedArrayBuffer, one that can grow too', () => {
    const buffer = new SharedArrayBuffer(16);
    const array = new Float32Array(buffer).fill(3);
    expect(torch.frombuffer(buffer, float32).tolist()).toEqual([3, 3, 3, 3]);
    expect(torch.frombuffer(new DataView(buffer, 8), float32).tolist()).toEqual([3, 3]);
    torch.from_numpy(array).index(1).fill_(8);
    expect([...array]).toEqual([3, 8, 3, 3]);
    const growable = new (SharedArrayBuffer as unknown as new (n: number, o: object) => SharedArrayBuffer)(8, {
      maxByteLength: 1024,
    });
    const x = torch.frombuffer(growable, float32).fill_(5);
    (growable as SharedArrayBuffer & { grow(length: number): void }).grow(1024);
    expect(x.sum().item()).toBe(10);
  });

  it('refuses a buffer without memory', () => {
    const array = new Float32Array(4);
    moveAway(array.buffer);
    const message = 'this buffer was transferred elsewhere, and has no memory any more';
    for (const use of [torch.tensor, torch.from_numpy, torch.as_tensor]) expect(() => use(array)).toThrow(message);
    expect(() => torch.frombuffer(array.buffer, float32)).toThrow(message);
    expect(torch.from_numpy(new Float32Array(0)).shape).toEqual([0]);
  });

  it.each<[string, () => [Tensor, number[]]]>([
    ['a slice of the Buffer pool', () => [torch.from_numpy(Buffer.from('abc')), [97, 98, 99]]],
    ['a view with an offset', () => [torch.from_numpy(Int16Array.of(1, 2, 3, 4).subarray(1, 3)), [2, 3]]],
    ['bigints', () => [torch.from_numpy(BigInt64Array.of(5n, -6n)), [5, -6]]],
    ['the bits of halves', () => [torch.frombuffer(Uint16Array.of(0x3c00), { dtype: torch.float16 }), [1]]],
    ['a small array, which V8 keeps in its heap', () => [torch.from_numpy(Float32Array.of(1, 2)), [1, 2]]],
  ])('is over %s', (_, make) => {
    const [x, values] = make();
    torch.gc();
    expect(x.tolist()).toEqual(values);
  });

  it('gives its memory to other threads by a copy', () => {
    const array = Float32Array.of(1, 2, 3);
    const x = torch.from_numpy(array);
    const lent = x.typed_array();
    x.share_memory_();
    array[0] = 7;
    expect(x.tolist()).toEqual([1, 2, 3]);
    expect([...lent]).toEqual([7, 2, 3]);
  });
});

describe('an array over a tensor', () => {
  it('keeps the memory when the buffer is transferred', () => {
    let x: Tensor | null = torch.ones(MiB);
    let array: ArrayBufferView | null = x.typed_array();
    const buffer = array.buffer as Movable;
    const kept = moved(buffer);
    expect(kept.length).toBe(MiB);
    expect(x.typed_array().length).toBe(MiB); // over the same memory, again if need be
    array = null;
    x.dispose();
    x = null;
    for (let i = 0; i < 5; i++) torch.gc();
    const others = Array.from({ length: 50 }, (_, i) => torch.full([MiB], i + 5));
    expect(kept[1000]).toBe(1);
    kept.fill(123);
    expect(others.every((other, i) => other.index(1000).item() === i + 5)).toBe(true);
  });

  it('outlives dispose() and tidy()', () => {
    const x = torch.arange(4, { dtype: torch.int32 });
    const first = x.typed_array();
    x.dispose();
    const second = torch.tidy(() => torch.arange(4, { dtype: torch.int32 }).typed_array());
    torch.gc();
    expect([...first, ...second]).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it('is one buffer for all views of a storage', () => {
    const x = torch.arange(6, { dtype: torch.int32 }).view(2, 3);
    const all = x.typed_array();
    const row = x.index(1).typed_array();
    expect(row.buffer).toBe(all.buffer);
    expect([...row]).toEqual([3, 4, 5]);
  });

  it('keeps the storage from being resized while it is in use, and no longer', () => {
    const x = torch.ones(4);
    let array: ArrayBufferView | null = x.typed_array();
    expect(() => x.resize_(100)).toThrow('not resizable');
    expect(x.shape).toEqual([4]);
    expect(array.byteLength).toBe(16);
    array = null;
    expect(x.resize_(100).shape).toEqual([100]);
  });

  it('keeps the storage from moving on a write', () => {
    const x = torch.ones(4);
    let array: ArrayBufferView | null = x.typed_array();
    expect(() => lazyClone(x)).toThrow(torch.TorchError);
    x.fill_(3);
    expect([...(array as Float32Array)]).toEqual([3, 3, 3, 3]);
    array = null;
    torch.gc();
    torch.gc();
    const copy = lazyClone(x);
    x.fill_(4);
    expect(copy.tolist()).toEqual([3, 3, 3, 3]);
  });

  it('has the values that a lazy clone wrote last', () => {
    const x = torch.ones(2);
    const copy = lazyClone(x);
    (x.typed_array() as Float32Array)[0] = 5;
    expect([x.tolist(), copy.tolist()]).toEqual([
      [5, 1],
      [1, 1],
    ]);
  });
});

describe('memory_stats', () => {
  it('counts buffers that are borrowed, once each, and storages that are lent', () => {
    torch.gc();
    const before = torch.memory_stats();
    const array = new Float32Array(MiB);
    const views = [torch.from_numpy(array), torch.frombuffer(array, { ...float32, count: 3 })];
    const x = torch.ones(MiB);
    const lent = x.typed_array();
    const during = torch.memory_stats();
    expect(during.borrowed_bytes - before.borrowed_bytes).toBe(4 * MiB);
    expect(during.lent_bytes - before.lent_bytes).toBe(4 * MiB);
    expect(during.bytes - before.bytes).toBeGreaterThanOrEqual(8 * MiB);
    expect(lent.length).toBe(MiB);
    for (const view of views) view.dispose();
    expect(torch.memory_stats().borrowed_bytes).toBe(before.borrowed_bytes);
  });

  const borrow: Record<string, (array: Float32Array) => void> = {
    'in tidy': (array) => torch.tidy(() => torch.from_numpy(array).sum()),
    'in tidy, of its buffer': (array) => torch.tidy(() => torch.frombuffer(array.buffer, float32).sum()),
    'and disposed': (array) => torch.from_numpy(array).dispose(),
    'with using': (array) => {
      using x = torch.from_numpy(array);
      x.sum();
    },
    'and dropped': (array) => void torch.from_numpy(array).sum(),
    'and lent again': (array) => void torch.from_numpy(array).typed_array(),
  };

  it.each(Object.entries(borrow))(
    'comes back from 300 arrays of 1 MiB, borrowed %s, in a synchronous loop',
    (_, use) => {
      torch.gc();
      const before = process.memoryUsage().arrayBuffers;
      let most = 0;
      for (let i = 0; i < 300; i++) {
        use(new Float32Array(MiB / 4));
        most = Math.max(most, torch.memory_stats().borrowed_bytes);
      }
      expect(most).toBeLessThan(64 * MiB);
      torch.gc();
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(96 * MiB);
    },
  );

  it('comes back from 300 lent MiB in a synchronous loop', () => {
    torch.gc();
    const before = torch.memory_stats();
    let most = 0;
    for (let i = 0; i < 300; i++) {
      torch.tidy(() => torch.zeros(MiB / 4).typed_array());
      most = Math.max(most, torch.memory_stats().bytes - before.bytes);
    }
    expect(most).toBeLessThan(96 * MiB);
  });
});
