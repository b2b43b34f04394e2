import { idOf, type NodeId } from '#core';
import { BmcBook, type BmcLogin, type PowerFacts } from '../ports/bmc-book.js';
import type { BmcView } from '../ports/bmc-store.js';
import type { NodeView } from '../ports/node-store.js';
import type { SecretBox } from '../ports/secret-box.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { passwordBelongs } from './belongs.js';

/** How nodes' power is reached, as the rows say when somebody asks; the password is opened for that one call. */
export class RecordedBmcs extends BmcBook {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly secrets: SecretBox,
  ) {
    super();
  }

  override async factsOf(id: NodeId): Promise<PowerFacts | null> {
    const found = await this.unitOfWork.read(async (tx) => {
      const node = await tx.nodes.find(id);
      if (!node) return null;
      const bmc = node.system ? null : await tx.bmcs.find(node.id);
      return { node, bmc, sealed: bmc === null ? null : await tx.bmcs.sealed(node.id) };
    });
    if (found === null) return null;
    const { node, bmc, sealed } = found;
    const login = bmc === null || sealed === null ? null : this.login(bmc, sealed);
    return {
      name: node.name,
      ways: {
        bmc: login?.protocols ?? [],
        ssh: node.alive && node.address !== null,
        machine: !node.system,
      },
      bmc: login,
      unusable:
        bmc !== null && login === null
          ? `the password of the BMC of ${node.name} does not open with the key of this process: give it the secrets.key of the ` +
            `installation, or set the password anew with \`anneal nodes bmc set ${node.name}\``
          : null,
      reach: {
        nodeId: idOf(node.id),
        name: node.name,
        address: node.address,
        sshPort: node.sshPort,
        hostKey: node.hostKey,
      },
      ...machineOf(node),
    };
  }

  override pin(node: NodeId, certificate: string): Promise<boolean> {
    return this.unitOfWork.write(ENGINE, async (tx) => {
      const pinned = await tx.bmcs.pin(node, certificate);
      if (pinned) tx.tell({ kind: 'bmc.pinned', nodeId: node, data: { certificate } });
      return pinned;
    });
  }

  private login(bmc: BmcView, sealed: string): BmcLogin | null {
    const password = this.secrets.open(sealed, passwordBelongs(bmc.nodeId));
    if (password === null) return null;
    const { address, protocols, redfishPort, ipmiPort, user, certificate, system, cipherSuite } = bmc;
    return { address, protocols, redfishPort, ipmiPort, user, password, certificate, system, cipherSuite };
  }
}

/** What an inventory says that matters to a BMC. It is a document of the machine's own: nothing in it is taken for granted. */
const machineOf = (node: NodeView): Pick<PowerFacts, 'firmware' | 'uuid'> => {
  const { system, firmware } = node.inventory as { system?: { uuid?: unknown }; firmware?: { mode?: unknown } };
  const mode = firmware?.mode;
  return {
    firmware: mode === 'uefi' || mode === 'bios' ? mode : null,
    uuid: typeof system?.uuid === 'string' ? system.uuid.toLowerCase() : null,
  };
};
