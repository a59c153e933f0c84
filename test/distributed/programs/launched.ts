/** What a launcher starts: CASE says what it does. */
const { CASE, RANK, TORCHELASTIC_RESTART_COUNT: attempt } = process.env;
const names = [
  'RANK',
  'WORLD_SIZE',
  'LOCAL_RANK',
  'LOCAL_WORLD_SIZE',
  'GROUP_RANK',
  'MASTER_ADDR',
  'TORCHELASTIC_MAX_RESTARTS',
  'TORCHELASTIC_RUN_ID',
];

async function main(): Promise<void> {
  if (CASE === 'told')
    console.log(JSON.stringify([...names.map((name) => process.env[name]), ...process.argv.slice(2)]));
  if (CASE === 'fails' && RANK === '1') process.exit(3);
  if (CASE === 'fails' || CASE === 'waits') await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (CASE === 'fails_once') {
    console.log(`attempt ${attempt}`);
    if (attempt === '0' && RANK === '0') process.kill(process.pid, 'SIGKILL');
    if (attempt === '0') await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
  if (CASE === 'joins') {
    const dist = await import('tsorch/distributed');
    const { default: torch } = await import('tsorch');
    dist.init_process_group('gloo', { timeout: 30 });
    const x = torch.ones(1).mul(dist.get_rank() + 1);
    dist.all_reduce(x);
    console.log(`sum ${x.item()}, launched ${dist.is_torchelastic_launched()}`);
    dist.destroy_process_group();
  }
}

void main();
