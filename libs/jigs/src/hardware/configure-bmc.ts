import { type JigOutcome, type JigRun, maskOf } from '#app';
import { isRefusal, type JsonObject } from '#core';
import type { HardwareParts } from '../hardware.js';
import type { ScriptJig } from '../script.js';
import { pause } from './pause.js';

/** A BMC takes its time to come back under a new address. */
/** What the role runs on the node. It is no script of its own, because what it reads is made here and declared nowhere. */
const INSIDE = 'configure.bash';
const ANSWER_MS = 120_000;
const LOOK_EVERY_MS = 5_000;
const LOOK_MS = 10_000;

/**
 * Gives a BMC its address and a user of ours, from inside, by the scripts of the role; and is done once a login over the
 * network has succeeded with just that. The password is made here, kept sealed before the BMC is told, and reaches the node
 * in the file of attributes that the script jig writes for this run alone. It never was part of the staged input.
 */
export const configureBmc = async (run: JigRun, hardware: HardwareParts, script: ScriptJig): Promise<JigOutcome> => {
  const { planner, power } = hardware;
  const facts = run.attribs['bmc-facts'] as JsonObject | null | undefined;
  const network = run.attribs['bmc-network'];
  const plan = await planner.plan(run.node.nodeId, {
    user: String(run.attribs['bmc-user']),
    network: typeof network === 'string' && network !== '' ? network : null,
  });
  if (isRefusal(plan)) return { kind: 'failed', reason: plan.detail };
  const known = typeof facts?.['address'] === 'string' ? facts['address'] : null;
  const address = plan.address ?? known;
  if (address === null)
    return {
      kind: 'failed',
      reason:
        'its BMC has no address, and there is no network of the category bmc that could give it one: make one, or set an address on the BMC',
    };
  const outputs = { 'bmc-login': { address, user: plan.user } };
  const looked = plan.isVerified ? await power.state(run.node.nodeId, LOOK_MS) : null;
  if (looked && looked.state !== 'unknown' && looked.method !== 'ssh') {
    run.log(`the BMC at ${address} lets ${plan.user} in already`, 'anneal');
    return { kind: 'succeeded', outputs };
  }
  const inside = run.files.find(({ path }) => path === INSIDE);
  if (!inside) return { kind: 'failed', reason: `role ${run.roleName} has no ${INSIDE}; put one into its folder` };
  const kept = await planner.keep(run.node.nodeId, plan, address);
  if (kept) return { kind: 'failed', reason: kept.detail };

  const { password, netmask, router, vlan, user } = plan;
  const hide = maskOf([password]);
  const told = await script.run({
    ...run,
    files: [{ path: '10-configure.sh', content: inside.content }],
    outputs: [],
    attribs: {
      ...run.attribs,
      'bmc-plan': { address: plan.address, netmask, router, vlan, user, password },
    },
    mask: (text) => hide(run.mask(text)),
    log: (line, stream) => run.log(hide(line), stream),
  });
  if (told.kind !== 'succeeded') return told;

  const endsAt = performance.now() + (hardware.answerMs ?? ANSWER_MS);
  let says = '';
  while (performance.now() < endsAt && !run.signal.aborted) {
    const reading = await power.state(run.node.nodeId, LOOK_MS);
    if (reading.state !== 'unknown' && (reading.method === 'redfish' || reading.method === 'ipmi')) {
      await planner.verified(run.node.nodeId);
      run.log(`the BMC at ${address} lets ${user} in over the network, by ${reading.method}`, 'anneal');
      return { kind: 'succeeded', outputs };
    }
    says = reading.reason ?? 'it is not asked over the network';
    await pause(hardware.lookEveryMs ?? LOOK_EVERY_MS, run.signal);
  }
  return { kind: 'failed', reason: `its BMC was configured and does not let us in over the network: ${hide(says)}` };
};
