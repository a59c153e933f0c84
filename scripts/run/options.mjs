// The options of `npx tsorch run`: those of torchrun that it has, with torchrun's names, also with underscores, and its
// environment variables (PET_NPROC_PER_NODE for --nproc-per-node).
import { availableParallelism } from 'node:os';

export const usage = `usage: npx tsorch run [options] PROGRAM [arguments]
  --nproc-per-node N|cpu|auto   processes on this machine (default 1)
  --nnodes N                    machines (default 1)
  --node-rank K                 which machine this is (default 0)
  --master-addr HOST            where rank 0 is (default 127.0.0.1)
  --master-port PORT            its port (default 29500; with --standalone a free one)
  --rdzv-endpoint HOST:PORT     both
  --rdzv-id ID                  the job's name (default none)
  --standalone                  a job of this machine alone
  --max-restarts R              how often all processes are started anew when one fails (default 0)
  --shutdown-timeout SECONDS    how long a process may take to end (default 30)
  --role NAME                   what stands before the lines of its output (default default)
  --no-python                   PROGRAM is any command, not a file for Node.js`;

/**
 * @typedef {object} Options
 * @property {number} processes on this machine
 * @property {number} nodes
 * @property {number} node
 * @property {string} host
 * @property {number} port 0 for a free one
 * @property {string} id
 * @property {number} restarts
 * @property {number} patience milliseconds
 * @property {string} role
 * @property {string[]} command
 */

const flags = ['standalone', 'no-python'];
/** @type {Record<string, string>} */
const defaults = {
  'nproc-per-node': '1',
  nnodes: '1',
  'node-rank': '0',
  'master-addr': '127.0.0.1',
  'master-port': '29500',
  'rdzv-endpoint': '',
  'rdzv-id': 'none',
  'rdzv-backend': 'static',
  'max-restarts': '0',
  'shutdown-timeout': '30',
  'monitor-interval': '0.1',
  role: 'default',
};

/** @param {string} name @param {string} text @param {number} [least] */
function count(name, text, least = 0) {
  if (!/^\d+$/.test(text) || Number(text) < least) throw new Error(`--${name} must be a number, but is '${text}'`);
  return Number(text);
}

/** @param {string} text */
function processesOf(text) {
  return text === 'cpu' || text === 'auto' ? availableParallelism() : count('nproc-per-node', text, 1);
}

/** The options, up to the program. @param {string[]} args @param {NodeJS.ProcessEnv} env */
function read(args, env) {
  const given = { ...defaults };
  for (const name of [...Object.keys(defaults), ...flags]) {
    const told = env[`PET_${name.toUpperCase().replaceAll('-', '_')}`];
    if (told !== undefined) given[name] = told;
  }
  let at = 0;
  for (; at < args.length && args[at].startsWith('-'); at++) {
    const [, written, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(args[at]) ?? [];
    const name = written?.replaceAll('_', '-') ?? '';
    if (flags.includes(name)) given[name] = '1';
    else if (name in defaults) given[name] = value ?? args[++at] ?? '';
    else throw new Error(`tsorch run has no option ${args[at]}\n${usage}`);
  }
  return { given, command: args.slice(at) };
}

/** @param {Record<string, string>} given @returns {[host: string, port: number]} */
function placeOf(given) {
  const endpoint = given['rdzv-endpoint'];
  if (given.standalone) return ['127.0.0.1', 0];
  if (endpoint === '') return [given['master-addr'], count('master-port', given['master-port'])];
  const colon = endpoint.lastIndexOf(':');
  return colon < 0 ? [endpoint, 29500] : [endpoint.slice(0, colon), count('rdzv-endpoint', endpoint.slice(colon + 1))];
}

/** @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Options} */
export function optionsOf(args, env) {
  const { given, command } = read(args, env);
  if (command.length === 0) throw new Error(usage);
  if (!/^\d+$/.test(given.nnodes)) throw new Error('--nnodes must be one number: machines do not come and go here');
  if (!['static', 'c10d'].includes(given['rdzv-backend'])) throw new Error('--rdzv-backend must be static or c10d');
  const nodes = count('nnodes', given.nnodes, 1);
  const node = count('node-rank', given['node-rank']);
  if (node >= nodes) throw new Error(`--node-rank must be less than --nnodes, but is ${node} of ${nodes}`);
  const [host, port] = placeOf(given);
  return {
    processes: processesOf(given['nproc-per-node']),
    nodes,
    node,
    host,
    port,
    id: given['rdzv-id'],
    restarts: count('max-restarts', given['max-restarts']),
    patience: 1000 * count('shutdown-timeout', given['shutdown-timeout']),
    role: given.role,
    command: given['no-python'] ? command : [process.execPath, ...command],
  };
}
