/** Tensors that go from thread to thread. */
import { join } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import torch, { Tensor } from 'tsorch';
import { importable, in_transit, receive, type Shared, share, withdraw } from 'tsorch/multiprocessing';
import type { Question } from './peer';

const threads: Worker[] = [];

/** A thread that answers questions about what it is sent. */
function peer() {
  const thread = new Worker(join(__dirname, 'peer.js'));
  threads.push(thread);
  const { port1, port2 } = new MessageChannel();
  thread.postMessage(port2, [port2]);
  const ask = (question: Question, message?: Shared<unknown>): Promise<unknown> =>
    new Promise((resolve) => {
      port1.once('message', resolve);
      port1.postMessage({ question, message });
    });
  return { thread, ask, port: port1 as MessagePort };
}

let shared: ReturnType<typeof peer>;
beforeAll(() => {
  shared = peer();
});
afterAll(() => Promise.all(threads.map((thread) => thread.terminate())));
afterEach(() => expect(in_transit()).toBe(0));

describe('a shared tensor', () => {
  test('is the same memory in both threads, and writes are seen on both sides', async () => {
    const x = torch.arange(6).reshape(2, 3);
    expect(await shared.ask('keep', share(x))).toEqual({ data_ptr: x.data_ptr(), values: x.tolist() });
    x.fill_(5);
    expect(await shared.ask('values')).toEqual(x.tolist());
    await shared.ask('add one');
    expect(x.tolist()).toEqual([
      [6, 6, 6],
      [6, 6, 6],
    ]);
  });

  test.each([
    ['strides', torch.arange(12).reshape(3, 4).t().narrow(0, 1, 2)],
    ['requires_grad', torch.ones(2, { requires_grad: true })],
    ['float16', torch.ones(2, { dtype: torch.float16 })],
    ['complex, conjugated', torch.ones(2, { dtype: torch.complex64 }).conj()],
    ['bool', torch.tensor([true, false])],
    ['empty', torch.ones(0, 3)],
    ['scalar', torch.tensor(3n)],
    ['expanded', torch.ones(1).expand(1000)],
    ['sparse', torch.eye(3).to_sparse()],
    ['sparse rows', torch.eye(3).to_sparse_csr()],
  ])('keeps what it is: %s', async (_, x) => {
    expect(await shared.ask('describe', share(x))).toEqual([
      String(x),
      x.layout === torch.strided ? [x.stride(), x.storage_offset()] : null,
      x.requires_grad,
      x.is_leaf,
    ]);
  });

  test('cannot be resized, nor have a graph', () => {
    const x = torch.ones(3);
    withdraw(share(x));
    expect(() => x.resize_(100)).toThrow('Trying to resize storage that is not resizable');
    const y = torch.ones(3, { requires_grad: true });
    expect(() => share([x, y.mul(2)])).toThrow(/^Cowardly refusing to share a non-leaf tensor which requires_grad/);
  });

  test('over a JavaScript buffer moves to memory of its own', async () => {
    const buffer = Float32Array.of(1, 2);
    const x = torch.frombuffer(buffer, { dtype: torch.float32 });
    const view = x.narrow(0, 0, 1);
    const before = x.data_ptr();
    expect(await shared.ask('keep', share(x))).toMatchObject({ values: [1, 2] });
    expect(x.data_ptr()).not.toBe(before);
    view.fill_(7);
    expect(await shared.ask('values')).toEqual([7, 2]);
    expect([...buffer]).toEqual([1, 2]);
  });

  test('outlives either side', async () => {
    const other = peer();
    const message = await new Promise<Shared<Tensor>>((resolve) => {
      other.port.once('message', resolve);
      other.port.postMessage({ question: 'make' });
    });
    const x = receive(message);
    await other.thread.terminate();
    expect(x.add_(1).tolist()).toEqual([4, 4]);

    const parting = torch.tidy(() => share(torch.full([100_000], 2)));
    const bytes = torch.memory_stats().bytes; // of the process: freed here, but not there
    expect(await shared.ask('keep', parting)).toMatchObject({ values: expect.arrayContaining([2]) });
    expect(torch.memory_stats().bytes - bytes).toBeGreaterThan(-300_000);
    await shared.ask('forget');
  });
});

describe('a message', () => {
  test('is received once', async () => {
    const message = share(torch.ones(2));
    expect(receive(message).tolist()).toEqual([1, 1]);
    const again = /^this tensor was received before, withdrawn, or the thread that shared it has ended/;
    expect(() => receive(message)).toThrow(again);
    const withdrawn = share(torch.ones(2));
    withdraw(withdrawn);
    withdraw(withdrawn);
    expect(() => receive(withdrawn)).toThrow(again);
    expect(() => receive({} as Shared<Tensor>)).toThrow("receive(): argument 'message' must be what share() made");
  });

  test('that nobody receives is freed with its thread', async () => {
    const other = peer();
    await new Promise((resolve) => {
      other.port.once('message', resolve);
      other.port.postMessage({ question: 'make' });
    });
    expect(in_transit()).toBe(1);
    await other.thread.terminate();
    expect(in_transit()).toBe(0);
  });

  test('keeps containers, classes and identity', () => {
    const x = torch.ones(2);
    const named = torch.tensor([[1, 3]]).max(1);
    const ring: Record<string, unknown> = {
      list: [x, x, null, undefined, 1n, -0],
      map: new Map([['k', new Set([x])]]),
      dtype: torch.float64,
      device: torch.device('cpu'),
      format: torch.channels_last,
      complex: new torch.Complex(1, 2),
      parameter: new torch.nn.Parameter(torch.ones(2)),
      buffer: new torch.nn.Buffer(torch.ones(2), { persistent: false }),
      bytes: Buffer.from('abc'),
      typed: Int16Array.of(1, 2),
      date: new Date(5),
      relu: torch.relu,
      named,
    };
    ring.self = ring;
    const got = receive(share(ring)) as typeof ring & { list: Tensor[]; map: Map<string, Set<Tensor>> };
    expect(got.self).toBe(got);
    expect(got.list[0]).toBeInstanceOf(Tensor);
    expect(got.list[0]).toBe(got.list[1]);
    expect([...got.map.get('k')!][0]).toBe(got.list[0]);
    expect(got.list.slice(2)).toEqual([null, undefined, 1n, -0]);
    expect(got.dtype).toBe(torch.float64);
    expect(got.format).toBe(torch.channels_last);
    expect(String(got.device)).toBe('cpu');
    expect(String(got.complex)).toBe('(1+2j)');
    expect(got.parameter).toBeInstanceOf(torch.nn.Parameter);
    expect((got.buffer as { persistent: boolean }).persistent).toBe(false);
    expect(got.bytes).toEqual(Buffer.from('abc'));
    expect(got.typed).toEqual(Int16Array.of(1, 2));
    expect(got.date).toEqual(new Date(5));
    expect(got.relu).toBe(torch.relu);
    expect(String(got.named)).toBe(String(named));
    expect((got.named as typeof named).values.tolist()).toEqual([3]);
  });

  test('keeps the state of a generator', () => {
    const generator = new torch.Generator().manual_seed(3);
    const copy = receive(share(generator));
    expect(torch.rand(2, { generator: copy }).tolist()).toEqual(torch.rand(2, { generator }).tolist());
  });

  test('keeps Modules, with their parameters shared', () => {
    const model = new torch.nn.Sequential(new torch.nn.Linear(2, 3), new torch.nn.BatchNorm1d(3)).eval();
    const got = receive(share(model));
    expect(String(got)).toBe(String(model));
    expect(Object.keys(got.state_dict())).toEqual(Object.keys(model.state_dict()));
    expect(got.parameters().map((each) => each.data_ptr())).toEqual(model.parameters().map((each) => each.data_ptr()));
    expect(got(torch.ones(1, 2)).tolist()).toEqual(model(torch.ones(1, 2)).tolist());
    expect(got.training).toBe(false);
  });

  test('says what cannot be shared, and shares none of it', () => {
    expect(() => share({ x: torch.ones(2), f: [() => 1] })).toThrow(
      'the value.f[0] cannot go to another thread: an anonymous function is not something that another thread could',
    );
    expect(() => share({ x: torch.ones(2), s: Symbol('s') })).toThrow('the value.s cannot go to another thread: it is');
    const model = new torch.nn.Linear(1, 1);
    model.register_forward_hook(() => undefined);
    expect(() => share([model])).toThrow('the value[0] cannot go to another thread: it is a Module with hooks');
    class Secret {
      #x = 1;
      get() {
        return this.#x;
      }
    }
    importable(__filename, { Secret });
    expect(() => share(new Secret())).toThrow('the private field #x of Secret cannot be read from outside');
    expect(() => importable(3 as never, {})).toThrow("importable(): argument 'module' must be import.meta.url");
  });
});

test('share_memory_ and is_shared, of Modules too', () => {
  const x = torch.ones(4);
  const [view, address] = [x.view(2, 2), x.data_ptr()];
  expect([x.is_shared(), view.is_shared()]).toEqual([false, false]);
  expect(x.share_memory_()).toBe(x);
  expect([x.is_shared(), view.is_shared(), x.data_ptr()]).toEqual([true, true, address]);
  const model = new torch.nn.Linear(2, 2).share_memory();
  expect(model.parameters().every((each) => each.is_shared())).toBe(true);
});

test('threads train one model together, each with its own graph', async () => {
  const model = new torch.nn.Linear(2, 1, { bias: false });
  torch.no_grad(() => model.weight.fill_(1));
  model.share_memory();
  expect(await shared.ask('train', share(model.state_dict()))).toBe('trained');
  expect(model.weight.tolist()).toEqual([[0.5, 0.5]]);
  expect(model.weight.grad).toBeNull();
});

test('a change by one thread is none of what the graph of another has saved', async () => {
  const w = torch.tensor([1, 2], { requires_grad: true });
  await shared.ask('square', share(w));
  const loss = w.pow(2).sum();
  await shared.ask('keep', share(w.detach()));
  await shared.ask('add one');
  await shared.ask('square', share(w));
  loss.backward(); // with the values of now, as in Python
  expect(w.grad!.tolist()).toEqual([4, 6]);
  torch.no_grad(() => w.mul_(2));
  expect(await shared.ask('gradient of squares')).toEqual([[8, 12], 0]);
  expect(w._version).toBe(1);
});

test.each([2, 4])(
  '%d threads fit one model at a time, parameters that are tied among them',
  async (count) => {
    const weight = torch.zeros(4, { requires_grad: true });
    const bias = torch.ones(1, { requires_grad: true });
    const peers = Array.from({ length: count }, peer);
    const model = () => share({ weight, biases: [bias, bias], steps: 300 });
    const answers = await Promise.all(peers.map(({ ask }) => ask('fit', model())));
    expect(answers).toEqual(peers.map(() => [true, 300]));
    expect(weight.sub(1).abs().max().item()).toBeLessThan(0.2);
    expect(bias.abs().item()).toBeLessThan(0.2);
  },
  60_000,
);

test('a thread has a random stream of its own', async () => {
  torch.manual_seed(1);
  const expected = torch.rand(4).tolist();
  torch.manual_seed(1);
  const first = torch.rand(2).tolist() as number[];
  const theirs = await shared.ask('draw');
  expect([...first, ...(torch.rand(2).tolist() as number[])]).toEqual(expected);
  torch.manual_seed(5);
  expect(theirs).toEqual([torch.rand(1).item(), torch.randn(2).tolist(), torch.randperm(4).tolist(), 5]);
});
