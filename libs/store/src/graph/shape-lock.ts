import type { PoolClient } from 'pg';

/**
 * Keeps those who add or remove edges apart from those who follow them. A statement that waits for a parent's row looked
 * for its children before it waited: an edge that was added meanwhile would be passed over, and the child would wait for
 * ever. Whoever follows edges to write holds the lock together with all others of his kind, and takes it before anything
 * else; whoever changes edges holds it alone.
 */
const SHAPE_LOCK = 4_193_003;

/** Edges stay as they are until the transaction ends. Does not keep others from following them. */
export const keepShape = async (client: PoolClient): Promise<void> => {
  await client.query({ name: 'graph.keep-shape', text: `SELECT pg_advisory_xact_lock_shared(${SHAPE_LOCK})` });
};

/** Nobody follows edges until the transaction ends. */
export const changeShape = async (client: PoolClient): Promise<void> => {
  await client.query({ name: 'graph.change-shape', text: `SELECT pg_advisory_xact_lock(${SHAPE_LOCK})` });
};
