import type { NodeView } from '#app';
import { idOf, INSTALL_JIG, type GraphRole, type NodeId, type NodeRole, type NodeRoleId } from '#core';
import { plainRole } from '../graph/drawn.js';
import { FRESH } from '../graph/fresh.js';

/** Rows as a fleet begins with them: its deployment, roles, nodes that are switched off, and what is bound to them. */

export const SYSTEM = 'system';

/** What a role does is said by its name. */
export const roleOf = (name: string): GraphRole => ({
  ...plainRole(name),
  jig: name === 'os-install' ? INSTALL_JIG : 'noop',
  destructive: name === 'os-install' || name.startsWith('raze-'),
  scope: name.startsWith('once-') ? 'once' : name.startsWith('disk-') ? 'install' : 'boot',
});

export const nodeRoleOf = (id: NodeRoleId, role: string, nodeId: NodeId, cohort: number): NodeRole => ({
  ...FRESH,
  ...{ id, roleId: idOf(role), nodeId, deploymentId: idOf(SYSTEM) },
  ...{ state: 'proposed', cohort, unmet: cohort > 0 ? 1 : 0 },
});

export const nodeOf = (id: NodeId, name: string, mac: string, address: string, now: number): NodeView => ({
  ...{ id, name, description: '', deploymentId: idOf(SYSTEM), deployment: SYSTEM, admin: false, system: false },
  ...{ alive: false, available: true, frozen: 0, bootenv: 'discovery', targetRoleId: null, targetRole: null },
  ...{ address, sshPort: 22, hostKey: null, probed: true, probedAt: null, probeSays: '', macs: [mac], inventory: {} },
  ...{
    hints: { address },
    quirks: [],
    notes: {},
    groups: [],
    state: 'proposed',
    stateCode: 4,
    lifecycle: 'new' as never,
  },
  ...{
    bootSession: null,
    openReports: 0,
    install: null,
    version: 1,
    createdAt: new Date(now),
    updatedAt: new Date(now),
  },
});
