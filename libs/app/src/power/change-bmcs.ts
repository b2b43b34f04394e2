import { formatAddress, isRefusal, parseAddress, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { BmcProtocol } from '../ports/bmc-book.js';
import type { BmcRecord, BmcView } from '../ports/bmc-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { passwordBelongs } from './belongs.js';

export interface SetBmcInput {
  readonly node: string;
  readonly version?: number;
  readonly address: string;
  readonly user: string;
  /** May be left out where the BMC stays the same one. */
  readonly password?: string;
  readonly protocols?: readonly BmcProtocol[];
  readonly redfishPort?: number;
  readonly ipmiPort?: number;
  readonly cipherSuite?: number;
  /** SHA-256 of its certificate; null has the first contact pin it. */
  readonly certificate?: string | null;
  readonly system?: string | null;
}

const REDFISH_PORT = 443;
const IPMI_PORT = 623;
const CIPHER_SUITE = 3;
/** Of IPMI 2.0 §22.30; Redfish has no limit of its own, and one password is used for both. */
const IPMI_PASSWORD_MAX = 20;

/**
 * Writes down how a node's BMC is logged in to. The password goes in and never comes out; whoever changes where it would be
 * sent to, or the certificate by which the other side is known, has to give it again: otherwise a BMC of somebody's own
 * would be told it.
 */
export class SetBmc {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'secrets'>) {}

  execute(actor: Actor, input: SetBmcInput): Promise<BmcView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const node = await nodeNamed(tx, input.node, { lock: true });
      if (isRefusal(node)) return node;
      if (node.system)
        return refuse('invalid', `${node.name} stands in for a deployment: it is no machine.`, { field: 'node' });
      const before = await tx.bmcs.find(node.id, { lock: true });
      const stale = before && refuseStale(`the BMC of ${node.name}`, before, input.version);
      if (stale) return stale;
      const address = parseAddress(input.address);
      if (!address)
        return refuse('invalid', `"${input.address}" is no address: give the IPv4 or IPv6 address of the BMC.`, {
          field: 'address',
        });
      const protocols = input.protocols ?? before?.protocols ?? ['redfish', 'ipmi'];
      const wish = {
        nodeId: node.id,
        address: formatAddress(address),
        protocols,
        redfishPort: input.redfishPort ?? before?.redfishPort ?? REDFISH_PORT,
        ipmiPort: input.ipmiPort ?? before?.ipmiPort ?? IPMI_PORT,
        cipherSuite: input.cipherSuite ?? before?.cipherSuite ?? CIPHER_SUITE,
        user: input.user,
        certificate: input.certificate === undefined ? (before?.certificate ?? null) : input.certificate,
        system: input.system === undefined ? (before?.system ?? null) : input.system,
        origin: 'operator' as const,
      };
      const moved = before === null ? ['address'] : WHERE.filter((field) => before[field] !== wish[field]);
      if (input.password === undefined && moved.length > 0)
        return refuse(
          'invalid',
          before === null
            ? 'give the password too: there is none yet.'
            : `give the password again: it would be sent elsewhere than before (${moved.join(', ')}).`,
          { field: 'password' },
        );
      if (input.password !== undefined && protocols.includes('ipmi') && input.password.length > IPMI_PASSWORD_MAX)
        return refuse(
          'invalid',
          `IPMI has room for ${IPMI_PASSWORD_MAX} characters of a password: use a shorter one, or redfish alone.`,
          { field: 'password' },
        );
      const sealed = input.password === undefined ? null : this.seal(input.password, node.id);
      if (isRefusal(sealed)) return sealed;
      const unchanged = input.password === undefined && moved.length === 0;
      const record: BmcRecord = { ...wish, password: sealed, verified: unchanged && before?.verifiedAt != null };
      const twin = await tx.bmcs.sharedWith(record);
      if (twin !== null)
        return refuse(
          'conflict',
          `node ${twin} has the BMC at ${wish.address} already: one of the two addresses is wrong.`,
          {
            field: 'address',
            node: twin,
          },
        );
      await tx.bmcs.put(record);
      tx.tell({
        kind: 'bmc.changed',
        nodeId: node.id,
        deploymentId: node.deploymentId,
        data: {
          address: wish.address,
          protocols,
          user: wish.user,
          password: input.password === undefined ? 'kept' : 'set',
        },
      });
      return (await tx.bmcs.find(node.id)) as BmcView;
    });
  }

  private seal(password: string, node: BmcRecord['nodeId']): string | Refusal {
    return (
      this.parts.secrets?.seal(password, passwordBelongs(node)) ?? refuse('unavailable', 'nothing is kept secret here.')
    );
  }
}

/** What decides who is told the password. */
const WHERE = ['address', 'redfishPort', 'ipmiPort', 'user', 'certificate'] as const;

export class ShowBmc {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly node: string }): Promise<BmcView | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      return (await tx.bmcs.find(node.id)) ?? noBmc(node.name);
    });
  }
}

/** Forgets how a BMC is logged in to. On the BMC itself nothing changes. */
export class ForgetBmc {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly node: string; readonly version?: number },
  ): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const node = await nodeNamed(tx, input.node, { lock: true });
      if (isRefusal(node)) return node;
      const bmc = await tx.bmcs.find(node.id, { lock: true });
      if (bmc === null) return noBmc(node.name);
      const stale = refuseStale(`the BMC of ${node.name}`, bmc, input.version);
      if (stale) return stale;
      await tx.bmcs.delete(node.id);
      tx.tell({
        kind: 'bmc.deleted',
        nodeId: node.id,
        deploymentId: node.deploymentId,
        data: { address: bmc.address },
      });
      return { deleted: bmc.address };
    });
  }
}

const noBmc = (node: string): Refusal =>
  refuse(
    'not-found',
    `nothing is known of a BMC of ${node}: say how it is reached with \`anneal nodes bmc set ${node}\`.`,
    {
      key: node,
    },
  );
