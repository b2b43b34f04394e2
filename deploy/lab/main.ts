import { onCloud } from './cloud/on-cloud.js';
import { readArguments, USAGE, type LabArguments, type LabKind } from './arguments.js';
import { openFleets } from './fleet.js';
import { stopInstallation } from './installation.js';
import { isOwnHome, kindOfHome, leaveHome, takeHome } from './lab-home.js';
import { byHand } from './machine/by-hand.js';
import { openMachineLabs } from './machine/machine-lab.js';
import { onMachines } from './machine/on-machines.js';
import { findMachineGaps } from './machine/requirements.js';
import { onContainerNodes, onSimulatedNodes } from './on-containers.js';
import { Progress } from './progress.js';
import { closeGaps, findGaps } from './requirements.js';

/**
 * `npm run lab`: machines that are switched on with empty disks end as a settled deployment. It starts Anneal on this host
 * and machines beside it, and then does what any operator's automation does, over REST. Where the host cannot run what was
 * asked for it says what is missing, and takes the next best: containers instead of machines, simulated nodes instead of
 * containers.
 */
const LABS: Readonly<Record<LabKind, (options: LabArguments, progress: Progress) => Promise<void>>> = {
  machines: onMachines,
  containers: onContainerNodes,
  simulated: onSimulatedNodes,
  cloud: onCloud,
};

const main = async (): Promise<void> => {
  const options = readArguments(process.argv.slice(2));
  if (options.down) return takeDown();
  const progress = new Progress(process.stdout);
  const kind = await kindThatCan(options, progress);
  // What an earlier lab left in a home of its own would only be in the way.
  if (kindOfHome() === kind && isOwnHome()) await takeDown();
  await takeHome(kind);
  try {
    await (options.byHand ? byHand : LABS[kind])(options, progress);
  } finally {
    if (options.exit) await takeDown();
  }
};

/** The kind that was asked for, or the next that this host can do. */
const kindThatCan = async ({ kind: wanted, byHand }: LabArguments, progress: Progress): Promise<LabKind> => {
  const say = (line: string): void => progress.say(line);
  if (wanted === 'machines') {
    const gaps = await closeGaps(await findMachineGaps(), say, findMachineGaps);
    if (gaps.length === 0) return 'machines';
    if (byHand) throw new Error(gaps.map(({ sentence }) => sentence).join('\n'));
    for (const { sentence } of gaps) say(sentence);
    say('going on with containers instead of machines: nothing will be installed');
  }
  if (wanted === 'simulated') return 'simulated';
  const gaps = await closeGaps(await findGaps(), say);
  if (gaps.length === 0) return wanted === 'cloud' ? 'cloud' : 'containers';
  if (wanted === 'cloud') throw new Error(gaps.map(({ sentence }) => sentence).join('\n'));
  for (const { sentence } of gaps) say(sentence);
  say('going on with simulated nodes instead');
  return 'simulated';
};

const takeDown = async (): Promise<void> => {
  await stopInstallation();
  if (process.getuid?.() === 0) {
    for (const lab of await openMachineLabs()) await lab.teardown();
    for (const fleet of await openFleets()) await fleet.teardown();
  }
  await leaveHome();
  process.stdout.write('the lab is down\n');
};

main().catch((error: unknown) => {
  for (let cause = error; cause !== undefined; cause = (cause as { cause?: unknown }).cause)
    process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  if (error instanceof Error && error.message.startsWith('--')) process.stderr.write(`${USAGE}\n`);
  process.exitCode = 1;
});
