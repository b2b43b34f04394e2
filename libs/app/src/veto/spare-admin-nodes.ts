import { refuse, type Refusal } from '#core';
import { Veto, type GraphCommand } from '../ports/veto.js';

/**
 * Keeps what destroys away from the machines that Anneal itself runs on: a role that writes over disks, bound to an admin
 * node by a slip of the hand, would end the installation that was to carry it out.
 */
export class SpareAdminNodes extends Veto {
  readonly name = 'spare-admin-nodes';

  check(command: GraphCommand): Refusal | null {
    if (command.kind !== 'bind') return null;
    const { catalog, view, plan } = command;
    for (const { roleId, nodeId } of plan.nodeRoles) {
      const role = catalog.role(roleId);
      const node = view.node(nodeId);
      if (node.admin && role.flags.has('destructive'))
        return refuse(
          'conflict',
          `the role ${role.name} destroys what is on a disk, and ${node.name} is an admin node, which Anneal runs on: bind it to another node.`,
          { role: role.name, node: node.name },
        );
    }
    return null;
  }
}
