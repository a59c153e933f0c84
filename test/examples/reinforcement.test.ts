/** The programs that learn to balance a pole, and what they share. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import torch, { type Tensor } from 'tsorch';
import { ReplayMemory } from '../../examples/support/replay_memory';
import { isSolved, recentMean } from '../../examples/support/returns';

const root = join(__dirname, '..', '..', '..');
const out = mkdtempSync(join(tmpdir(), 'tsorch-rl-'));
afterAll(() => rmSync(out, { recursive: true }));

function start(...args: string[]): string {
  const command = [join(root, 'scripts', 'dev', 'start.mjs'), ...args, '--out', out];
  return execFileSync(process.execPath, command, { encoding: 'utf8', cwd: root });
}

/** What the program says of the last 100 episodes. */
function finalMean(lines: string): number {
  expect(readFileSync(join(out, 'returns.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\s*$/s);
  expect(Object.keys(torch.load<Record<string, Tensor>>(join(out, 'weights.pt'))).length).toBeGreaterThan(0);
  return Number(/solved after \d+ episodes: ([\d.]+)/.exec(lines)![1]);
}

// A random policy gets 22 on average.
test.each([
  ['reinforce', ['--episodes', '200'], 60],
  ['dqn', ['--episodes', '120'], 50],
  ['ppo', ['--steps', '30000'], 100],
])(
  '%s learns',
  (name, args, least) => {
    expect(finalMean(start(name, ...args))).toBeGreaterThan(least);
  },
  120000,
);

test('the mean of the last 100 returns decides', () => {
  expect(recentMean([1, 2, 6])).toBe(3);
  expect(recentMean([...Array(100).fill(7), 207])).toBe(9);
  expect(recentMean([1, 3, 100], 2)).toBe(2);
  expect(isSolved(Array(99).fill(500), 475)).toBe(false);
  expect(isSolved([...Array(50).fill(0), ...Array(100).fill(475)], 475)).toBe(true);
  expect(isSolved(Array(100).fill(474.9), 475)).toBe(false);
});

test('a replay memory forgets the oldest', () => {
  torch.manual_seed(1);
  const memory = new ReplayMemory(3, 2);
  for (let i = 0; i < 5; i++) memory.push([i, -i], i % 2, 10 * i, [i + 1, -i - 1], i === 4);
  expect(memory.length).toBe(3);
  const { states, actions, rewards, next_states, terminated } = memory.sample(60);
  expect([states, actions, rewards, next_states, terminated].map(({ shape }) => shape)).toEqual([
    [60, 2],
    [60, 1],
    [60, 1],
    [60, 2],
    [60, 1],
  ]);
  const first = states.index(':', ':1');
  expect([...new Set(first.flatten().tolist() as number[])].sort()).toEqual([2, 3, 4]);
  expect(rewards.equal(first.mul(10))).toBe(true);
  expect(next_states.index(':', ':1').equal(first.add(1))).toBe(true);
  expect(actions.equal(first.to(torch.int64).remainder(2))).toBe(true);
  expect(terminated.equal(first.eq(4))).toBe(true);
});
