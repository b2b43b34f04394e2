import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import Table from 'cli-table3';
import { addressesBench } from './addresses.js';
import { annealBench } from './anneal.js';
import { certifyBench } from './certify.js';
import { dhcpBench } from './dhcp.js';
import { dhcp6Bench } from './dhcp6.js';
import { dnsBench } from './dns.js';
import { fleetBench } from './fleet.js';
import { httpBench } from './http.js';
import { installBench } from './install.js';
import { sshBench } from './ssh.js';
import { tftpBench } from './tftp.js';
import { uiBench } from './ui.js';
import { viewBench } from './view.js';
import { isLowGood, summarize, type Bench, type BenchResult } from './bench.js';

const BENCHES: readonly Bench[] = [
  annealBench,
  sshBench,
  dnsBench,
  dhcpBench,
  dhcp6Bench,
  viewBench,
  addressesBench,
  tftpBench,
  httpBench,
  installBench,
  fleetBench,
  certifyBench,
  uiBench,
];

const usage = (): never => {
  process.stderr.write('usage: npm run bench -- NAME [--rounds N] [--json FILE] [options of the bench]\n');
  for (const { name, says } of BENCHES) process.stderr.write(`  ${name.padEnd(10)} ${says}\n`);
  process.exit(2);
};

/** Takes `--name value` out of the arguments. */
const option = (args: string[], name: string): string | null => {
  const at = args.indexOf(`--${name}`);
  if (at < 0) return null;
  const [, value] = args.splice(at, 2);
  return value ?? usage();
};

const args = process.argv.slice(2);
const bench = BENCHES.find(({ name }) => name === args[0]) ?? usage();
args.shift();
const rounds = Number(option(args, 'rounds') ?? bench.rounds);
const file = option(args, 'json');

const results: BenchResult[] = [];
for (let round = 1; round <= rounds; round += 1) {
  results.push(await bench.round(args, (line) => process.stderr.write(`[${round}/${rounds}] ${line}\n`)));
}

const names = Object.keys(results[0]?.metrics ?? {});
const table = new Table({ head: ['metric', 'median', 'worst', 'all rounds'], style: { head: [], border: [] } });
const metrics: Record<string, number> = {};
for (const name of names) {
  const values = results.map((result) => result.metrics[name] as number);
  const { median, worst } = summarize(values, isLowGood(name));
  metrics[name] = median;
  table.push([name, print(median), print(worst), values.map(print).join('  ')]);
}
process.stdout.write(`${table.toString()}\n`);

if (file) {
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
  };
  const document = {
    bench: bench.name,
    at: new Date().toISOString(),
    machine,
    metrics,
    settings: { ...results[0]?.settings, rounds },
  };
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
}

function print(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
