import { isRefusal, type Refusal } from '#core';
import { missing, nodeNamed, nodeRoleNamed, deploymentNamed } from '../named.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { RunDetail, RunScope, RunView, StoredLine, TimelineEntry } from '../ports/run-book.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';

interface Parts {
  readonly unitOfWork: UnitOfWork;
}

/** Lines of a log that are read at once, at the most. */
export const LOG_PAGE_MAX = 5_000;
/** Entries of a timeline that are read at once, at the most. */
export const TIMELINE_MAX = 1_000;

export const runNamed = async (tx: Transaction, key: string): Promise<RunDetail | Refusal> =>
  (await tx.runBook.find(key)) ?? missing('run', key, 'use the id of one that `anneal runs list` shows');

export class ShowRun {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly run: string }): Promise<RunDetail | Refusal> {
    return this.parts.unitOfWork.read((tx) => runNamed(tx, input.run));
  }
}

export class ListRuns {
  constructor(private readonly parts: Parts) {}

  execute(
    query: ListQuery,
    of: { readonly nodeRole?: string; readonly node?: string; readonly deployment?: string } = {},
  ): Promise<Page<RunView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const nodeRole = of.nodeRole === undefined ? null : await nodeRoleNamed(tx, of.nodeRole);
      if (isRefusal(nodeRole)) return nodeRole;
      const node = of.node === undefined ? null : await nodeNamed(tx, of.node);
      if (isRefusal(node)) return node;
      const deployment = of.deployment === undefined ? null : await deploymentNamed(tx, of.deployment);
      if (isRefusal(deployment)) return deployment;
      const scope: RunScope = {
        ...(nodeRole ? { nodeRoleId: nodeRole.id } : {}),
        ...(node ? { nodeId: node.id } : {}),
        ...(deployment ? { deploymentId: deployment.id } : {}),
      };
      return tx.runBook.list(query, scope);
    });
  }
}

/** The newest run of a noderole; null when it never ran. */
export class LatestRun {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly nodeRole: string }): Promise<RunView | null | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const nodeRole = await nodeRoleNamed(tx, input.nodeRole);
      return isRefusal(nodeRole) ? nodeRole : tx.runBook.latestOf(nodeRole.id);
    });
  }
}

export interface LogPage {
  readonly run: RunDetail;
  readonly lines: readonly StoredLine[];
  /** Nothing comes after these lines any more: the run has ended and they are its last. */
  readonly ended: boolean;
}

/** Reads a log from a line on, or its last lines. Whoever follows asks again with the last number that was read. */
export class ReadLog {
  constructor(private readonly parts: Parts) {}

  execute(input: {
    readonly run: string;
    readonly after?: number;
    readonly tail?: number;
    readonly limit?: number;
  }): Promise<LogPage | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const run = await runNamed(tx, input.run);
      if (isRefusal(run)) return run;
      const limit = Math.min(input.limit ?? LOG_PAGE_MAX, LOG_PAGE_MAX);
      const lines =
        input.tail === undefined
          ? await tx.runBook.lines(run.id, input.after ?? 0, limit)
          : await tx.runBook.tail(run.id, Math.min(input.tail, limit));
      const last = lines.at(-1)?.line ?? input.after ?? 0;
      return { run, lines, ended: run.finishedAt !== null && last >= run.logLines };
    });
  }
}

/** What happened to a node, in a deployment, or everywhere; newest first. */
export class Timeline {
  constructor(private readonly parts: Parts) {}

  execute(input: {
    readonly node?: string;
    readonly deployment?: string;
    readonly before?: Date;
    readonly limit?: number;
  }): Promise<TimelineEntry[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const node = input.node === undefined ? null : await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const deployment = input.deployment === undefined ? null : await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      const limit = Math.max(1, Math.min(input.limit ?? 100, TIMELINE_MAX));
      return tx.runBook.timeline(
        { ...(node ? { nodeId: node.id } : {}), ...(deployment ? { deploymentId: deployment.id } : {}) },
        { limit, ...(input.before ? { before: input.before } : {}) },
      );
    });
  }
}
