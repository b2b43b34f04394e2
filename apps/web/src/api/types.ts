import type { components } from './schema.gen';

/** The documents of the API by their names there. */
type Schemas = components['schemas'];

export type Node = Schemas['Node'];
export type NodeRole = Schemas['NodeRole'];
export type Role = Schemas['Role'];
export type Deployment = Schemas['Deployment'];
export type Graph = Schemas['Graph'];
export type Preview = Schemas['Preview'];
export type Explanation = Schemas['Explanation'];
export type FoldedExplanation = Schemas['FoldedExplanation'];
export type Cause = Schemas['Cause'];
export type AnnealPace = Schemas['AnnealPace'];
export type AnnealStatus = Schemas['AnnealStatus'];
export type Self = Schemas['Self'];
export type Problem = Schemas['Problem'];

export type NodeRoleState = NodeRole['state'];
