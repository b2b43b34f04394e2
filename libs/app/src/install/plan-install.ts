import {
  isOpenPhase,
  isRefusal,
  failInstall,
  planInstall,
  readInstallWish,
  refuse,
  type Install,
  type InstallId,
  type Refusal,
} from '#core';
import type { Clock } from '../ports/clock.js';
import type { IdSource } from '../ports/id-source.js';
import { Installer, type InstallRun } from '../ports/installer.js';
import { ENGINE, type Transaction, type UnitOfWork } from '../ports/unit-of-work.js';
import { applyInstall, runDeadline } from './apply-install.js';
import { machineFacts } from './machine-facts.js';
import { tellOfInstall } from './tell-of-install.js';

interface Parts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/**
 * Freezes what an install does and claims its disks. All that can be refused is refused here; then the run waits, and the
 * loop of installs goes on from the row.
 */
export class PlanInstall extends Installer {
  constructor(private readonly parts: Parts) {
    super();
  }

  override async plan(run: InstallRun): ReturnType<Installer['plan']> {
    const install = await this.parts.unitOfWork.write(ENGINE, (tx) => this.within(tx, run));
    if (isRefusal(install)) return { kind: 'failed', reason: install.detail };
    return isOpenPhase(install.phase)
      ? { kind: 'waiting', deadlineAt: runDeadline(install) }
      : { kind: 'failed', reason: install.reason };
  }

  private async within(tx: Transaction, run: InstallRun): Promise<Install | Refusal> {
    const begun = await tx.installs.lockOfRun(run.runId);
    if (begun) return begun;
    const now = this.parts.clock.now();
    await endLeftOver(tx, run, now);
    const node = await tx.nodes.find(run.nodeId);
    if (!node) return refuse('not-found', 'the node was deleted.');
    const wish = readInstallWish(run.attribs);
    const image = wish.targetOs === '' ? null : await tx.images.find(wish.targetOs);
    const available = image ? [] : (await tx.images.all()).filter(({ errors }) => errors.length === 0);
    const claims = await tx.installs.claims(node.id);
    const decision = planInstall({
      id: this.parts.ids.next<InstallId>(),
      runId: run.runId,
      nodeRoleId: run.nodeRoleId,
      node,
      inventory: machineFacts((await tx.nodes.documents(node.id)).inventory),
      wish,
      image,
      available: available.map(({ name }) => name).sort(),
      claimed: new Map(
        claims.flatMap(({ diskId, nodeRoleId, nodeRole }) =>
          nodeRoleId === run.nodeRoleId ? [] : [[diskId, nodeRole] as const],
        ),
      ),
      addresses: (await tx.nodeNetworks.attachments(node.id))
        .filter(({ category }) => category === 'admin')
        .map(({ address }) => address),
      authorizedKeys: await tx.machines.workerKeys(),
      now,
    });
    if (isRefusal(decision)) return decision;
    const { install, log, events } = decision;
    await tx.installs.insert(install);
    if (!(await tx.installs.claim(node.id, run.nodeRoleId, install.plan.disks)))
      return refuse('conflict', `a disk of ${node.name} was claimed by somebody else just now: retry.`);
    await tx.installs.appendLog(run.runId, log);
    await tellOfInstall(tx, install, events);
    return install;
  }
}

/** One whose run is gone, however that came to be, owns its node no longer. */
const endLeftOver = async (tx: Transaction, run: InstallRun, now: number): Promise<void> => {
  const before = await tx.installs.lockOpenOf(run.nodeId);
  if (!before) return;
  const ended = failInstall(before, 'another run took its place', now);
  if (!isRefusal(ended)) await applyInstall(tx, ended, null);
};
