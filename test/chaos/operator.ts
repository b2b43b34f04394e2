import {
  GraphDraft,
  idOf,
  markChanged,
  retryNodeRole,
  setAlive,
  setAvailable,
  type NodeId,
  type NodeRoleId,
  type Refusal,
} from '#core';
import type { SliceRoots } from '#app';
import { PgUnitOfWork, type openDatabase } from '#store';
import type { Rest } from './rest.js';
import { BROKEN_ROLE } from './work.js';

type Database = Awaited<ReturnType<typeof openDatabase>>;

/** Whose hand the checker sees in the history. */
export const OPERATOR = 'operator';

/**
 * What people and machines do while faults happen: nodes die and return, runs are cancelled, noderoles retried. Each act is
 * one transaction, asked of a server where there are any; what a server or the database could not take while it was away has
 * not happened.
 */
export class Operator {
  private readonly unitOfWork: PgUnitOfWork;

  constructor(
    private readonly dataSource: Database,
    private readonly rest: Rest | null,
  ) {
    this.unitOfWork = new PgUnitOfWork(dataSource);
  }

  setAlive(nodeId: string, alive: boolean): Promise<boolean> {
    if (this.rest) return this.rest.changeNode(nodeId, { alive });
    return this.act({ nodeIds: [idOf(nodeId)] }, (draft) =>
      setAlive(draft, idOf<NodeId>(nodeId), alive, 'the chaos test said so'),
    );
  }

  setAvailable(nodeId: string, available: boolean): Promise<boolean> {
    if (this.rest) return this.rest.changeNode(nodeId, { available });
    return this.act({ nodeIds: [idOf(nodeId)] }, (draft) => setAvailable(draft, idOf<NodeId>(nodeId), available));
  }

  async retry(id: string): Promise<boolean> {
    if (this.rest) {
      const [node] = await this.query<{ name: string }>(
        `SELECT n.name FROM node_roles nr JOIN nodes n ON n.id = nr.node_id WHERE nr.id = '${id}'`,
      );
      return node !== undefined && this.rest.retry(id, node.name);
    }
    return this.act({ nodeRoleIds: [idOf(id)] }, (draft) =>
      retryNodeRole(draft, idOf<NodeRoleId>(id), { destroyAgain: true }),
    );
  }

  change(id: string): Promise<boolean> {
    return this.act({ nodeRoleIds: [idOf(id)] }, (draft) => {
      markChanged(draft, idOf<NodeRoleId>(id));
      return null;
    });
  }

  /** Asks for the end of one run that is under way. */
  async cancel(): Promise<boolean> {
    if (this.rest) {
      const id = await this.someNodeRole('nr.state = 2');
      return id !== null && this.rest.cancel(id);
    }
    const rows = await this.query<{ id: string }>(
      `UPDATE runs SET cancel_requested_by = '${OPERATOR}' WHERE id = (
         SELECT id FROM runs WHERE state = 'running' AND cancel_requested_by IS NULL ORDER BY random() LIMIT 1) RETURNING id`,
    );
    return rows.length > 0;
  }

  /** Retries some of what is in error and waits for a person; not the role that always fails. Returns how many. */
  async mend(most: number): Promise<number> {
    const rows = await this.query<{ id: string }>(
      `SELECT nr.id FROM node_roles nr JOIN roles ro ON ro.id = nr.role_id
       WHERE nr.state = -1 AND ro.name <> '${BROKEN_ROLE}' ORDER BY nr.cohort, random() LIMIT ${most}`,
    );
    let mended = 0;
    for (const { id } of rows) if (await this.retry(id)) mended += 1;
    return mended;
  }

  /** One noderole in a state, drawn by the database; null when there is none. */
  async someNodeRole(where: string): Promise<string | null> {
    const [row] = await this.query<{ id: string }>(
      `SELECT nr.id FROM node_roles nr JOIN roles ro ON ro.id = nr.role_id WHERE ${where} ORDER BY random() LIMIT 1`,
    );
    return row?.id ?? null;
  }

  async nodeIds(where = 'true'): Promise<string[]> {
    return (await this.query<{ id: string }>(`SELECT id FROM nodes WHERE ${where} ORDER BY id`)).map(({ id }) => id);
  }

  /** What still moves, waits to move, or waits for us. */
  async restless(): Promise<{ open: number; wanting: number; errors: number; runs: number }> {
    const [row] = await this.query<{ open: number; wanting: number; errors: number; runs: number }>(
      `SELECT count(*) FILTER (WHERE nr.state = 2)::int AS open,
              count(*) FILTER (WHERE nr.state IN (1, 3, 4) OR nr.dirty)::int AS wanting,
              count(*) FILTER (WHERE nr.state = -1 AND ro.name <> '${BROKEN_ROLE}')::int AS errors,
              (SELECT count(*) FROM runs)::int AS runs
       FROM node_roles nr JOIN roles ro ON ro.id = nr.role_id`,
    );
    return row as { open: number; wanting: number; errors: number; runs: number };
  }

  /** Process id of the worker that leads; null when nobody does. */
  async leaderPid(): Promise<number | null> {
    const [row] = await this.query<{ pid: number }>(
      `SELECT w.pid FROM leases l JOIN workers w ON w.id = l.holder WHERE l.expires_at > now()`,
    );
    return row?.pid ?? null;
  }

  private async act(roots: SliceRoots, rule: (draft: GraphDraft) => Refusal | null): Promise<boolean> {
    const refusal = await this.unitOfWork.write(OPERATOR, async (tx) => {
      const graph = await tx.graph.slice(roots);
      const draft = new GraphDraft(graph);
      const refused = rule(draft);
      if (!refused) await tx.graph.save(graph, draft.decision());
      return refused;
    });
    return refusal === null;
  }

  private async query<Row>(sql: string): Promise<Row[]> {
    const result: unknown = await this.dataSource.query(sql);
    // An UPDATE comes back as its rows and their number.
    const rows = sql.startsWith('UPDATE') ? (result as [Row[], number])[0] : (result as Row[]);
    return rows;
  }
}
