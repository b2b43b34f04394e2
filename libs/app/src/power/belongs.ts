import type { NodeId } from '#core';

/** To what the sealed password of a node's BMC belongs: moved to another row it does not open. */
export const passwordBelongs = (node: NodeId): string => `bmc/${node}/password`;
