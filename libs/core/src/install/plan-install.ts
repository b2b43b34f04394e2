import { isRefusal, refuse, type Refusal } from '../base/refusal.js';
import type { NodeId, NodeRoleId, RunId } from '../base/ids.js';
import type { DiskId, Inventory } from '../inventory/inventory.js';
import { chooseDisks, type DiskWish } from './choose-disks.js';
import { INSTALL_DEADLINES, type InstallDeadlines } from './deadlines.js';
import type { Install, InstallDecision, InstallPlan } from './install.js';
import type { InstallLayout, OrderedImage } from './order.js';
import type { InstallId } from './phase.js';
import { says } from './says.js';

/** What is wished for, as the attributes of the noderole say it: role default, deployment, node, frozen with the run. */
export interface InstallWish {
  /** Name of an image. */
  readonly targetOs: string;
  readonly disks: DiskWish;
  readonly layout: InstallLayout;
  readonly reboot: boolean;
  readonly kernelParams: readonly string[];
  readonly packages: readonly string[];
  readonly proxy: string | null;
  /** Of people who may log in as root, as in authorized_keys. */
  readonly accessKeys?: readonly string[];
  readonly deadlines: Partial<InstallDeadlines>;
}

/** What of an image a plan looks at. */
export interface InstallableImage {
  readonly name: string;
  readonly kind: 'image' | 'installer';
  readonly os: { readonly family: string; readonly version: string; readonly arch: string };
  readonly sha256: string | null;
  readonly bytes: number;
  readonly rawBytes: number;
  readonly compression: OrderedImage['compression'];
  readonly layouts: readonly InstallLayout[];
  readonly firmware: readonly ('bios' | 'uefi')[];
  readonly bootenv: string;
  readonly errors: readonly string[];
}

export interface PlanFacts {
  readonly id: InstallId;
  readonly runId: RunId;
  readonly nodeRoleId: NodeRoleId;
  readonly node: { readonly id: NodeId; readonly name: string };
  /** What the machine said of itself; null when it has not. */
  readonly inventory: Pick<Inventory, 'disks' | 'firmware' | 'architecture'> | null;
  readonly wish: InstallWish;
  /** The image of that name; null when there is none. */
  readonly image: InstallableImage | null;
  /** Names of some images that could be had, for the refusal. */
  readonly available: readonly string[];
  /** Whose the disks of the node are, by disk; those of this noderole are left out. */
  readonly claimed: ReadonlyMap<DiskId, string>;
  /** Addresses that the installed system will have on the admin network. */
  readonly addresses: readonly string[];
  readonly authorizedKeys: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Names that a refusal lists. */
const NAMES_MAX = 10;

/**
 * Freezes what an install will do: the operating system, the disks by stable id, how it gets there. Everything that can be
 * refused is refused here, before anything of the machine was touched.
 */
export const planInstall = (facts: PlanFacts): InstallDecision | Refusal => {
  const { id, runId, nodeRoleId, node, now } = facts;
  const plan = freeze(facts);
  if (isRefusal(plan)) return plan;
  const install: Install = {
    ...{ id, runId, nodeRoleId, nodeId: node.id, plan },
    ...{ phase: 'planned', phaseSince: now, times: { planned: now } },
    ...{ via: null, session: null, tokenHash: null, joinHash: null, heardAt: null, bootId: null, hostKey: null },
    ...{ step: '', percent: null, says: '', poweredAt: null, powered: 0, reason: '', logTail: [] },
  };
  const disks = plan.disks.map((disk) => `${disk.id} (${disk.bytes} bytes)`).join(' and ');
  return {
    install,
    node: {},
    log: [`planned: ${plan.image.name} on ${disks}, layout ${plan.layout}`],
    events: [says(install, 'install.planned', { image: plan.image.name, disks: plan.disks.map((disk) => disk.id) })],
    run: null,
  };
};

/**
 * Why an operating system cannot be installed, whatever the machine: it is unknown, broken, or has no content. Asked when
 * an install is committed, so that nothing begins to wait for it, and again when it is planned.
 */
export const refuseImage = (asked: {
  /** Name of the node that wants it. */
  readonly node: string;
  readonly wanted: string;
  readonly image: Pick<InstallableImage, 'name' | 'kind' | 'sha256' | 'errors'> | null;
  /** Names of those that could be had, for the refusal. */
  readonly available: readonly string[];
}): Refusal | null => {
  const { node, wanted, image, available } = asked;
  if (!image)
    return refuse(
      'not-found',
      `there is no image "${wanted}" for ${node}: ${available.length > 0 ? `there are ${available.slice(0, NAMES_MAX).join(', ')}` : 'none has been built yet, see `anneal images build`'}. The attribute target-os names it.`,
      { image: wanted },
    );
  if (image.errors.length > 0)
    return refuse('unavailable', `${image.name} cannot be installed: ${image.errors.join('; ')}.`, {
      image: image.name,
    });
  if (image.kind === 'image' && image.sha256 === null)
    return refuse('unavailable', `${image.name} has no content yet: build it with \`anneal images build\`.`, {
      image: image.name,
    });
  return null;
};

const freeze = (facts: PlanFacts): InstallPlan | Refusal => {
  const { node, inventory, wish, image, available, claimed, addresses, authorizedKeys } = facts;
  const wrong = refuseImage({ node: node.name, wanted: wish.targetOs, image, available });
  if (wrong) return wrong;
  if (!image) throw new Error('an image that is missing was not refused');
  if (!inventory)
    return refuse(
      'wrong-state',
      `${node.name} has not said what it is: boot it into discovery, so that its disks are known.`,
    );
  if (inventory.architecture !== image.os.arch)
    return refuse('invalid', `${image.name} is for ${image.os.arch}, and ${node.name} is ${inventory.architecture}.`);
  if (!image.firmware.includes(inventory.firmware.mode))
    return refuse(
      'invalid',
      `${image.name} starts from ${image.firmware.join(' and ')}, and ${node.name} boots by ${inventory.firmware.mode}.`,
    );
  if (!image.layouts.includes(wish.layout))
    return refuse(
      'invalid',
      `${image.name} can be installed as ${image.layouts.join(', ')}, not as ${wish.layout}: change the attribute install-layout.`,
    );
  if (addresses.length === 0)
    return refuse(
      'wrong-state',
      `${node.name} has no address on the admin network, under which the installed system could be reached: give it one with \`anneal networks allocate\`.`,
    );
  const disks = chooseDisks(inventory.disks, wish.disks, wish.layout, { imageBytes: image.rawBytes, claimed });
  if (isRefusal(disks)) return refuse(disks.code, `${node.name}: ${disks.detail}`, disks.fields);
  const { sha256, bytes, rawBytes, compression } = image;
  return {
    image: {
      name: image.name,
      family: image.os.family,
      version: image.os.version,
      content: sha256 === null ? null : { sha256, bytes, rawBytes, compression },
    },
    bootenv: image.bootenv,
    layout: wish.layout,
    disks,
    // An installer is another system than the one that runs there now.
    reboot: wish.reboot || image.kind === 'installer',
    kernelParams: wish.kernelParams,
    packages: wish.packages,
    proxy: wish.proxy,
    authorizedKeys: [...new Set([...authorizedKeys, ...(wish.accessKeys ?? [])])],
    deadlines: { ...INSTALL_DEADLINES, ...wish.deadlines },
  };
};
