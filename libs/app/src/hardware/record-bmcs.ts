import { isRefusal, refuse, type NodeId, type Refusal } from '#core';
import { allocateWithin } from '../network/allocate-within.js';
import type { BmcPlan } from '../ports/bmc-planner.js';
import { BmcPlanner } from '../ports/bmc-planner.js';
import type { IdSource } from '../ports/id-source.js';
import type { AllocationView, NetworkView } from '../ports/network-store.js';
import type { SecretBox } from '../ports/secret-box.js';
import { ENGINE, type Transaction, type UnitOfWork } from '../ports/unit-of-work.js';
import { passwordBelongs } from '../power/belongs.js';

/** Networks of this category are for management controllers. */
export const BMC_CATEGORY = 'bmc';

export interface RecordBmcsParts {
  readonly unitOfWork: UnitOfWork;
  readonly ids: IdSource;
  readonly secrets: SecretBox;
  /** A new password of letters and digits, 16 characters: what every BMC has room for (IPMI 2.0 §22.30). */
  readonly makePassword: () => string;
}

/** Plans the BMCs of nodes by the rows: networks of the category bmc, and what was written down before. */
export class RecordBmcs extends BmcPlanner {
  constructor(private readonly parts: RecordBmcsParts) {
    super();
  }

  override plan(
    node: NodeId,
    wish: { readonly user: string; readonly network: string | null },
  ): Promise<BmcPlan | Refusal> {
    return this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const network = await this.network(tx, wish.network);
      if (isRefusal(network)) return network;
      const given = network === null ? null : await this.address(tx, node, network);
      if (isRefusal(given)) return given;
      const before = await tx.bmcs.find(node);
      const sealed = before === null ? null : await tx.bmcs.sealed(node);
      const password =
        sealed === null || before?.user !== wish.user ? null : this.parts.secrets.open(sealed, passwordBelongs(node));
      const address = given?.address ?? null;
      return {
        address,
        netmask: given === null ? null : netmaskOf(given.prefixLength),
        router: network === null ? null : await routerOf(tx, network),
        vlan: network?.useVlan ? network.vlan : null,
        user: wish.user,
        password: password ?? this.parts.makePassword(),
        isVerified: password !== null && before?.verifiedAt != null && (address === null || before.address === address),
      };
    });
  }

  override keep(node: NodeId, plan: BmcPlan, address: string): Promise<Refusal | null> {
    return this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const before = await tx.bmcs.find(node, { lock: true });
      const password = this.parts.secrets.seal(plan.password, passwordBelongs(node));
      if (isRefusal(password)) return password;
      const record = {
        nodeId: node,
        address,
        protocols: before?.protocols ?? (['redfish', 'ipmi'] as const),
        redfishPort: before?.redfishPort ?? 443,
        ipmiPort: before?.ipmiPort ?? 623,
        cipherSuite: before?.cipherSuite ?? 3,
        user: plan.user,
        password,
        certificate: before?.certificate ?? null,
        system: before?.system ?? null,
        origin: 'configured' as const,
        verified: false,
      };
      const twin = await tx.bmcs.sharedWith(record);
      if (twin !== null) return refuse('conflict', `node ${twin} has the BMC at ${address} already`, { node: twin });
      await tx.bmcs.put(record);
      tx.tell({ kind: 'bmc.changed', nodeId: node, data: { address, user: plan.user, password: 'set' } });
      return null;
    });
  }

  override verified(node: NodeId): Promise<void> {
    return this.parts.unitOfWork.write(ENGINE, (tx) => tx.bmcs.noteLogin(node));
  }

  private async network(tx: Transaction, name: string | null): Promise<NetworkView | null | Refusal> {
    const all = (await tx.networks.all()).filter((network) => network.category === BMC_CATEGORY);
    if (name === null) {
      if (all.length <= 1) return all[0] ?? null;
      const names = all.map((network) => network.name).join(', ');
      return refuse('invalid', `there are several networks of the category bmc (${names}): name one in bmc-network`);
    }
    return (
      all.find((network) => network.name === name) ??
      refuse('not-found', `there is no network ${name} of the category bmc`)
    );
  }

  private async address(tx: Transaction, node: NodeId, network: NetworkView): Promise<AllocationView | Refusal> {
    await tx.bindings.keepShape();
    const given = await allocateWithin(tx, this.parts, [{ network, nodeId: node, nodeRoleId: null, asked: {} }], {
      announce: true,
    });
    if (isRefusal(given)) return given;
    const v4 = given.find(({ family }) => family === 4);
    return (
      v4 ??
      refuse(
        'conflict',
        `network ${network.name} has no range of IPv4 addresses named host, of which a BMC could get one`,
      )
    );
  }
}

const routerOf = async (tx: Transaction, network: NetworkView): Promise<string | null> => {
  const routers = await tx.networks.routers([network.id]);
  const v4 = routers.find(({ address }) => !address.includes(':'));
  return v4?.address.split('/')[0] ?? null;
};

/** ipmitool takes a mask in the dotted form. */
const netmaskOf = (length: number): string =>
  [0, 8, 16, 24].map((shift) => 256 - 2 ** (8 - Math.max(0, Math.min(8, length - shift)))).join('.');
