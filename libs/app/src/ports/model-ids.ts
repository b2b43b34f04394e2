import type { Branded } from '#core';

/** Identifiers of what the graph's rules do not know. */
export type BarclampId = Branded<'barclamp'>;
export type AttribId = Branded<'attrib'>;
export type DeploymentRoleId = Branded<'deployment_role'>;
export type SnapshotId = Branded<'snapshot'>;
export type GroupId = Branded<'group'>;
export type HookId = Branded<'hook'>;
export type NetworkRangeId = Branded<'network_range'>;
export type NetworkRouterId = Branded<'network_router'>;
export type AllocationId = Branded<'network_allocation'>;
export type NetbootServerId = Branded<'netboot_server'>;
export type WorkerId = Branded<'worker'>;
export type BootSessionId = Branded<'boot_session'>;
export type EnrolmentRuleId = Branded<'enrolment_rule'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a key is an id; otherwise it is a name. No name can look like an id and mean something else: names are looked up second. */
export const isId = (key: string): boolean => UUID.test(key);
