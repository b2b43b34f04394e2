import { setTimeout as pause } from 'node:timers/promises';
import { accelerator } from '../../deploy/lab/machine/accelerator.js';
import type { Firmware } from '../../deploy/lab/machine/order.js';
import type { LabMachine } from '../../deploy/lab/machine/lab-machine.js';
import type { SiteNode } from '../../deploy/lab/machine/machine-site.js';
import { mark } from '../../deploy/lab/machine/watch-installs.js';
import { InstallSite } from '../lab/machine/install-site.js';
import type { Bench } from './bench.js';

/**
 * From power-on to a managed system on real firmware: seconds from the power of a machine to discovered, installed (the new
 * system has reported itself) and active, for one machine at a time; and how fast its image is written, beside a plain
 * `curl | zstd -d > disk` in the same guest before it. `--storm N` switches N BIOS machines on at once instead.
 */
const STORM_MS = 600_000;
const ACTIVE_MS = 120_000;
const PLAIN_MS = 600_000;
const LOOK_MS = 250;

export const installBench: Bench = {
  name: 'install',
  says: 'machines from power-on to active, per firmware, and their image against curl and zstd; --storm N for many at once',
  rounds: 1,
  round: async (args, progress) => {
    const { kind } = await accelerator();
    const at = args.indexOf('--storm');
    if (at >= 0) return { metrics: await storm(Number(args[at + 1] ?? 8), progress), settings: { accelerator: kind } };
    const metrics: Record<string, number> = {};
    for (const firmware of ['bios', 'uefi'] as const) Object.assign(metrics, await one(firmware, progress));
    return { metrics, settings: { accelerator: kind, memory_mb: 768, processors: 1 } };
  },
};

const one = async (firmware: Firmware, progress: (line: string) => void): Promise<Record<string, number>> => {
  const site = await InstallSite.start([{ firmware }], '4');
  try {
    const machine = site.machine(0);
    const { timeline } = site.site;
    const node = await site.discover(machine);
    const discovered = timeline.seconds(machine.name, 'discovered') as number;
    progress(`${firmware}: discovered after ${discovered.toFixed(0)} s`);
    const plain = await plainMegabytes(site, node);
    progress(`${firmware}: curl | zstd -d writes ${plain.toFixed(1)} MB/s`);
    const pausedAt = performance.now();
    const waited = (pausedAt - (site.discoveredAt ?? pausedAt)) / 1_000;
    await site.orderInstall(node);
    await site.untilPhase(node, ['joined']);
    await untilActive(site, machine);
    const image = await imageMegabytes(site, node);
    // The comparison in between is no part of it.
    const [installed, active] = (['joined', 'active'] as const).map(
      (reached) => (timeline.seconds(machine.name, reached) as number) - waited,
    );
    progress(
      `${firmware}: installed after ${installed?.toFixed(0)} s, active after ${active?.toFixed(0)} s, image ${image.toFixed(1)} MB/s`,
    );
    return {
      [`discovered_s_${firmware}`]: discovered,
      [`installed_s_${firmware}`]: installed as number,
      [`active_s_${firmware}`]: active as number,
      [`image_mb_s_${firmware}`]: image,
      [`plain_mb_s_${firmware}`]: plain,
    };
  } finally {
    await site.close();
  }
};

/** Bytes of the unpacked image a second, in millions, by the plainest means, straight to the disk that is installed afterwards. */
const plainMegabytes = async (site: InstallSite, node: SiteNode): Promise<number> => {
  const { sha256, rawBytes } = site.images.os.manifest;
  const url = `http://${site.lab.network.hostAddress}:7780/content/sha256/${sha256}`;
  const pipe = `s=$(cut -d' ' -f1 /proc/uptime); curl -sSf ${url} | zstd -dc > /dev/vda && sync && echo "$s $(cut -d' ' -f1 /proc/uptime)"`;
  const said = await site.on(node, ['sh', '-c', pipe], PLAIN_MS);
  const [began = 0, ended = 0] = said.trim().split(' ').map(Number);
  return rawBytes / 1e6 / (ended - began);
};

/** The same of the installer, by what it says of its own step. */
const imageMegabytes = async (site: InstallSite, node: SiteNode): Promise<number> => {
  const install = await site.install(node);
  const log = (install?.log_tail ?? []).join('\n');
  const seconds = Number(/step write took (\d+) s/.exec(log)?.[1] ?? Number.NaN);
  return site.images.os.manifest.rawBytes / 1e6 / seconds;
};

const untilActive = async (site: InstallSite, machine: LabMachine): Promise<void> => {
  for (const end = performance.now() + ACTIVE_MS; performance.now() < end; await pause(LOOK_MS)) {
    await mark(site.site);
    if (site.site.timeline.has(machine.name, 'active')) return;
  }
  throw new Error(`${machine.name} is not active ${ACTIVE_MS / 1_000} s after its system has come up`);
};

const storm = async (count: number, progress: (line: string) => void): Promise<Record<string, number>> => {
  const site = await InstallSite.start(
    Array.from({ length: count }, () => ({ firmware: 'bios' as const, memoryMebibytes: 512 })),
    '4',
  );
  try {
    await Promise.all(site.lab.machines.map((machine) => site.site.switchOn(machine)));
    await site.site.discovered(site.lab.machines, STORM_MS, (machine, node) =>
      progress(`${machine.name} is ${node.name}`),
    );
    const seconds = site.lab.machines.map(({ name }) => site.site.timeline.seconds(name, 'discovered') as number);
    return { [`storm${count}_first_s`]: Math.min(...seconds), [`storm${count}_last_s`]: Math.max(...seconds) };
  } finally {
    await site.close();
  }
};
