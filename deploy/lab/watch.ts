import type { LabApi } from './api.js';
import { followEvents, type StreamedEvent } from './event-stream.js';
import type { Progress, State } from './progress.js';

interface NodeRole {
  readonly id: string;
  readonly role: string;
  readonly node: string;
  readonly state: State;
}

interface Status {
  readonly counts: Readonly<Record<State, number>>;
  readonly settled: boolean;
  readonly working: boolean;
  readonly stuck: readonly { deployment: string; summary: string; roots: readonly { moves: readonly string[] }[] }[];
}

/** How often the state of things is asked for beside the events, in milliseconds. */
const LOOK_MS = 500;

/** The number of the last event so far: what comes after it is ours. */
export const lastEvent = async (api: LabApi): Promise<number> => {
  const page = await api.get<{ items: { seq: number }[] }>('events?sort=-seq&limit=1');
  return page.items[0]?.seq ?? 0;
};

/** Shows every change of a noderole, and nodes that are lost and found, until it is told to stop. */
export const showChanges = (api: LabApi, progress: Progress, after: number): { stop(): Promise<void> } => {
  const end = new AbortController();
  const nodeRoles = new Map<string, NodeRole>();
  const refresh = async (): Promise<void> => {
    for (const each of await api.list<NodeRole>('node_roles')) {
      if (!nodeRoles.has(each.id)) progress.expect(each.node, each.role, each.state);
      nodeRoles.set(each.id, each);
    }
  };
  const show = async ({ kind, data }: StreamedEvent): Promise<void> => {
    const id = data['node_role_id'] as string | null;
    if (id !== null && !nodeRoles.has(id)) await refresh();
    const nodeRole = id === null ? undefined : nodeRoles.get(id);
    const [subject, what] = kind.split('.') as [string, string];
    if (subject === 'node_role' && nodeRole && isState(what)) {
      const more = (data['data'] ?? {}) as { from?: State; reason?: string };
      progress.show({
        node: nodeRole.node,
        role: nodeRole.role,
        from: more.from ?? null,
        to: what,
        ...(more.reason ? { says: more.reason } : {}),
      });
    } else if (kind === 'node.dead' || kind === 'node.alive') {
      const node = await api.get<{ name: string }>(`nodes/${data['node_id'] as string}`);
      progress.say(
        `${node.name.padEnd(18)} is ${what.toUpperCase()}: ${(data['data'] as { why?: string } | null)?.why ?? ''}`,
      );
    }
  };
  const showing = (async () => {
    for await (const event of followEvents(api, after, end.signal)) await show(event);
  })();
  showing.catch((cause: unknown) =>
    progress.say(`the changes are no longer shown: ${cause instanceof Error ? cause.message : String(cause)}`),
  );
  return {
    stop: async () => {
      end.abort();
      await showing.catch(() => undefined);
      progress.end();
    },
  };
};

/** Resolves when everything has settled; throws with the reasons when only a person could help, or after `deadlineMs`. */
export const untilSettled = async (
  api: LabApi,
  options: { readonly deadlineMs: number; readonly even?: 'stuck' },
): Promise<void> => {
  const until = performance.now() + options.deadlineMs;
  for (;;) {
    const status = await api.get<Status>('anneal');
    if (status.settled) return;
    const why = status.stuck
      .map(
        ({ deployment, summary, roots }) =>
          `${deployment}: ${summary}\n${roots
            .flatMap(({ moves }) => moves)
            .map((move) => `  try: ${move}`)
            .join('\n')}`,
      )
      .join('\n');
    if (!status.working && status.stuck.length > 0 && options.even !== 'stuck')
      throw new Error(`nothing moves any more:\n${why}`);
    if (performance.now() > until)
      throw new Error(
        `it has not settled within ${options.deadlineMs / 1000} s: ${JSON.stringify(status.counts)}\n${why}`,
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
};

const STATES: ReadonlySet<string> = new Set(['active', 'todo', 'transition', 'blocked', 'proposed', 'error']);
const isState = (word: string): word is State => STATES.has(word);
