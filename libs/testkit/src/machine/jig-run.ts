import { randomUUID } from 'node:crypto';
import type { AbortCause, JigRun } from '#app';
import { idOf, type NodeId, type NodeRoleId, type RunId } from '#core';

export interface LoggedLine {
  readonly stream: 'out' | 'err' | 'anneal';
  readonly line: string;
  /** Milliseconds on the monotonic clock when the line was handed to the log. */
  readonly at: number;
}

/** A run as the engine stages it, with a log that can be read and a switch that aborts it. */
export interface StagedRun extends JigRun {
  readonly lines: LoggedLine[];
  /** The text of the lines, without the jig's own remarks. */
  text(stream?: LoggedLine['stream']): string[];
  /** Resolves when a line with this text was logged. */
  saw(text: string): Promise<LoggedLine>;
  abort(cause: AbortCause): void;
}

/** Files by path, in the short form in which tests give them. */
export type Files = Readonly<Record<string, string>>;

let fence = 0;

/** Stages a run. Fences grow from run to run as the engine's do. */
export function stageRun(given: Partial<Omit<JigRun, 'files'>> & { readonly files?: Files } = {}): StagedRun {
  const controller = new AbortController();
  const lines: LoggedLine[] = [];
  const waiting: { text: string; resolve: (line: LoggedLine) => void }[] = [];
  fence += 1;
  return {
    runId: idOf<RunId>(randomUUID()),
    nodeRoleId: idOf<NodeRoleId>(randomUUID()),
    attempt: 1,
    fence,
    roleName: 'test-role',
    node: {
      nodeId: idOf<NodeId>(randomUUID()),
      name: 'node1.test',
      address: null,
      sshPort: 22,
      hostKey: null,
    },
    attribs: {},
    outputs: [],
    signal: controller.signal,
    mask: (text) => text,
    ...given,
    files: Object.entries(given.files ?? {}).map(([path, content]) => ({ path, content })),
    lines,
    log: (line, stream = 'out') => {
      const logged = { stream, line, at: performance.now() };
      lines.push(logged);
      for (const entry of waiting) if (line.includes(entry.text)) entry.resolve(logged);
    },
    text: (stream) =>
      lines.filter((line) => (stream ? line.stream === stream : line.stream !== 'anneal')).map((line) => line.line),
    saw: (text) =>
      new Promise((resolve) => {
        const found = lines.find((line) => line.line.includes(text));
        if (found) resolve(found);
        else waiting.push({ text, resolve });
      }),
    abort: (cause) => controller.abort(cause),
  };
}
