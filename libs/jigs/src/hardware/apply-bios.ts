import type { BiosReading, JigOutcome, JigRun } from '#app';
import { biosDifference, firmwareModeAttribute, type BiosAttributes, type JsonObject } from '#core';
import type { HardwareParts } from '../hardware.js';
import { pause } from './pause.js';

/** Servers with much memory start slowly, and some start twice to take over settings. */
const START_MS = 1_800_000;
const LOOK_EVERY_MS = 5_000;
const CALL_MS = 60_000;

/**
 * Has a machine start with these BIOS attributes: wishes them, restarts it from the network, and is done once the BIOS shows
 * them as its own. A machine that has them already is not restarted.
 */
export const applyBios = async (run: JigRun, hardware: HardwareParts): Promise<JigOutcome> => {
  const { firmware, power } = hardware;
  const node = run.node.nodeId;
  const options = { deadlineMs: CALL_MS, signal: run.signal };
  const before = await firmware.readBios(node, options);
  if (before.kind === 'failed') return { kind: 'failed', reason: before.reason };
  const wanted = wantedOf(run, before);
  if (typeof wanted === 'string') return { kind: 'failed', reason: wanted };
  const { differ, unknown } = biosDifference(wanted, before.attributes);
  if (unknown.length > 0)
    return {
      kind: 'failed',
      reason: `this machine's BIOS has no attribute ${unknown.join(', ')}: nothing was changed`,
    };
  const names = Object.keys(differ);
  if (names.length === 0) {
    run.log('the BIOS is as wished', 'anneal');
    return { kind: 'succeeded', outputs: appliedOf(run, wanted) };
  }
  run.log(`to be changed: ${names.join(', ')}`, 'anneal');
  const wished = await firmware.wishBios(node, differ, options);
  if (wished.kind === 'failed') return { kind: 'failed', reason: wished.reason };

  // So that it comes back to the system in which it is now; one that starts from its network anyway loses nothing.
  const boot = await power.act(node, 'boot-network', options);
  if (boot.kind === 'failed') run.log(`the next boot could not be set to the network: ${boot.reason}`, 'anneal');
  const isOff = (await power.state(node, CALL_MS)).state === 'off';
  const restarted = await power.act(node, isOff ? 'on' : 'reset', options);
  if (restarted.kind === 'failed')
    return { kind: 'failed', reason: `the settings wait for a restart, which failed: ${restarted.reason}` };
  if (restarted.kind !== 'done')
    return {
      kind: 'failed',
      reason: 'the settings wait for a restart, and nothing can restart this machine: do it by hand, then retry',
    };
  run.log(`restarted by ${restarted.method}; the settings are taken over while it starts`, 'anneal');

  const endsAt = performance.now() + (hardware.startMs ?? START_MS);
  let left: readonly string[] = names;
  while (performance.now() < endsAt && !run.signal.aborted) {
    await pause(hardware.lookEveryMs ?? LOOK_EVERY_MS, run.signal);
    const now = await firmware.readBios(node, options);
    if (now.kind === 'failed') continue;
    left = Object.keys(biosDifference(wanted, now.attributes).differ);
    if (left.length === 0) return { kind: 'succeeded', outputs: appliedOf(run, wanted) };
  }
  return { kind: 'failed', reason: `after a restart the BIOS still has other values for ${left.join(', ')}` };
};

/** Under the name that the role declares for it. */
const appliedOf = (run: JigRun, applied: BiosAttributes): JsonObject =>
  Object.fromEntries(run.outputs.slice(0, 1).map(({ name }) => [name, { ...applied }]));

const wantedOf = (run: JigRun, { vendor, attributes }: BiosReading): BiosAttributes | string => {
  const asked = (run.attribs['bios-attributes'] ?? {}) as BiosAttributes;
  const mode = run.attribs['firmware-mode'];
  if (mode !== 'uefi' && mode !== 'bios') return asked;
  const attribute = firmwareModeAttribute(mode, vendor, attributes);
  return attribute === null
    ? `it is not known by which attribute a machine of ${vendor || 'this vendor'} changes its firmware mode: name it in bios-attributes`
    : { ...attribute, ...asked };
};
