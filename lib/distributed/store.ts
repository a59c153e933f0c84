/** Key-value stores, in which ranks find each other: classes of c10d. */
import { REQUIRED, Signature } from '../arguments/signature';
import { native } from '../native/addon';
import { call } from '../native/frame';
import '../native/part'; // what makes the objects of native stores, groups and works
import type { NativePart } from '../native/part';
import { milliseconds } from './timeout';

/** Bytes of a value; text is UTF-8. */
function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

const bufferOf = (bytes: ArrayBuffer): Buffer => Buffer.from(bytes);

/**
 * Keys with values of bytes, which all processes of a group see. A value that is not there yet is waited for.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.Store
 */
export abstract class Store {
  /** @internal */
  readonly _part: NativePart;

  /** @internal */
  constructor(part: NativePart) {
    this._part = part;
  }

  /** Sets the value of a key, a new one or an old one. */
  set(key: string, value: string | Uint8Array): void {
    call(native.store_set, this._part, key, bytesOf(value));
  }

  /**
   * Waits for the key.
   * @throws DistStoreError when it has not come within the timeout
   */
  get(key: string): Buffer {
    return bufferOf(call(native.store_get, this._part, key));
  }

  /** Adds to a number, which is 0 at first, and gives the sum. */
  add(key: string, amount: number): number {
    return Number(call(native.store_add, this._part, key, amount));
  }

  /** Sets the key if it has the expected value, or is new and that is empty; gives the value it has then. */
  compare_set(key: string, expected_value: string, desired_value: string): Buffer {
    const expected = bytesOf(expected_value);
    return bufferOf(call(native.store_compare_set, this._part, key, expected, bytesOf(desired_value)));
  }

  /** Adds bytes to the end of the value of a key, which is empty at first. */
  append(key: string, value: string | Uint8Array): void {
    call(native.store_append, this._part, key, bytesOf(value));
  }

  /** Gives whether it was there. */
  delete_key(key: string): boolean {
    return call(native.store_delete_key, this._part, key);
  }

  /** Whether all keys are there. */
  check(keys: readonly string[]): boolean {
    return call(native.store_check, this._part, keys);
  }

  /**
   * Waits for all keys, so many seconds; the store's timeout when it is not given.
   * @throws DistStoreError
   */
  wait(keys: readonly string[], timeout: number | null = null): void {
    call(native.store_wait, this._part, keys, timeout === null ? null : milliseconds(timeout));
  }

  /** The values of several keys; waits for them. */
  multi_get(keys: readonly string[]): Buffer[] {
    return call(native.store_multi_get, this._part, keys).map(bufferOf);
  }

  /** Sets several keys. */
  multi_set(keys: readonly string[], values: readonly (string | Uint8Array)[]): void {
    call(native.store_multi_set, this._part, keys, values.map(bytesOf));
  }

  /** Puts a value at the end of a queue. */
  queue_push(key: string, value: string | Uint8Array): void {
    call(native.store_queue_push, this._part, key, bytesOf(value));
  }

  /**
   * Takes the first value of a queue; waits for one, or not.
   * @throws QueueEmptyError for an empty queue, unless it blocks
   */
  queue_pop(key: string, block = true): Buffer {
    return bufferOf(call(native.store_queue_pop, this._part, key, block));
  }

  /** How many values wait in a queue. */
  queue_len(key: string): number {
    return call(native.store_queue_len, this._part, key);
  }

  /** How many keys there are. */
  num_keys(): number {
    return call(native.store_num_keys, this._part);
  }

  /** All keys. */
  list_keys(): string[] {
    return call(native.store_list_keys, this._part);
  }

  /** Whether it has `append`, `multi_get` and `multi_set`. */
  has_extended_api(): boolean {
    return call(native.store_has_extended_api, this._part);
  }

  /** A store of the same server with a connection of its own. */
  clone(): Store {
    return new ClonedStore(call(native.store_clone, this._part));
  }

  /** Seconds that `get` and `wait` wait. */
  get timeout(): number {
    return call(native.store_timeout, this._part) / 1000;
  }

  /** Says how many seconds `get` and `wait` wait. */
  set_timeout(timeout: number): void {
    call(native.store_set_timeout, this._part, milliseconds(timeout));
  }
}

class ClonedStore extends Store {}

/** What may be said by name behind the port. */
interface TCPStoreOptions {
  /** How many processes use it, this one included; null where that is not known. */
  world_size?: number | null;
  /** Whether this process serves it. */
  is_master?: boolean;
  /** Seconds that `get`, `wait` and the constructor wait. */
  timeout?: number;
  /** Whether the server waits for all processes. */
  wait_for_workers?: boolean;
  /** Whether stores of this process at one port share a server. */
  multi_tenant?: boolean;
}

interface TCPStoreArguments extends TCPStoreOptions {
  /** Where it is served. */
  host_name: string;
  /** 0 takes a free one. */
  port: number;
}

const ofTcp = new Signature<TCPStoreArguments>('TCPStore.__init__', {
  host_name: REQUIRED,
  port: REQUIRED,
  world_size: null,
  is_master: false,
  timeout: 300,
  wait_for_workers: true,
  multi_tenant: false,
});

/**
 * A store that one process serves over TCP, at loopback alone when the host is that. Port 0 takes a free one.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.TCPStore
 * @throws DistNetworkError when the port is taken, or nobody serves there; DistStoreError when workers do not come
 */
export class TCPStore extends Store {
  constructor(
    host_name: string,
    port: number,
    world_size?: number | null | TCPStoreOptions,
    is_master?: boolean | TCPStoreOptions,
    timeout?: number | TCPStoreOptions,
    wait_for_workers?: boolean | TCPStoreOptions,
    multi_tenant?: boolean | TCPStoreOptions,
  );
  constructor(args: TCPStoreArguments);
  constructor(...args: unknown[]) {
    const given = ofTcp.read(args);
    const { host_name, port, world_size, is_master, wait_for_workers, multi_tenant } = given;
    const timeout = milliseconds(given.timeout);
    super(call(native.store_tcp, host_name, port, world_size, is_master, timeout, wait_for_workers, multi_tenant));
  }

  get host(): string {
    return call(native.store_address, this._part)[0];
  }

  get port(): number {
    return call(native.store_address, this._part)[1];
  }
}

/**
 * A store in a file, which goes when the last of `world_size` stores does.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.FileStore
 */
export class FileStore extends Store {
  constructor(
    readonly path: string,
    world_size = -1,
  ) {
    super(call(native.store_file, path, world_size));
  }
}

/** A store of this process. https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.HashStore */
export class HashStore extends Store {
  constructor() {
    super(call(native.store_hash));
  }
}

/**
 * Part of another store: its keys begin with `prefix/`.
 * https://docs.pytorch.org/docs/2.13/distributed.html#torch.distributed.PrefixStore
 */
export class PrefixStore extends Store {
  constructor(
    prefix: string,
    readonly underlying_store: Store,
  ) {
    super(call(native.store_prefix, prefix, underlying_store._part));
  }
}
