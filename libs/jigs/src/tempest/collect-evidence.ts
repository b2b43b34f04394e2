import { createHash } from 'node:crypto';
import type { EvidenceFile, NodeSession, Reach } from '#app';
import { NODE_FILES, NODE_NOT_KNOWN } from '#core';
import { COLLECT_ARGV } from './program.js';

export interface CollectParts {
  readonly session: NodeSession;
  readonly signal: AbortSignal;
  /** Takes secrets out of a text. */
  mask(text: string): string;
}

/** Listing packages takes a tenth of a second; a node that takes longer than this is not waited for. */
const NODE_DEADLINE_MS = 60_000;
const NODES_AT_ONCE = 16;
/** Of one node; a thousand packages are fifty thousand characters. */
const CHARACTERS_MAX = 8 * 1024 * 1024;
const MARK = '\u001e';
const PARTS: readonly string[] = Object.values(NODE_FILES);

/**
 * What is on the nodes of a cloud when its tests have ended, a few files a node. A node that cannot be asked has a file that
 * says so instead: that nothing is known of it belongs to the evidence as well.
 */
export async function collectEvidence(nodes: readonly Reach[], parts: CollectParts): Promise<EvidenceFile[]> {
  const files: EvidenceFile[] = [];
  const waiting = [...nodes];
  const work = async (): Promise<void> => {
    for (let node = waiting.shift(); node; node = waiting.shift()) files.push(...(await filesOf(node, parts)));
  };
  await Promise.all(Array.from({ length: NODES_AT_ONCE }, work));
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function filesOf(node: Reach, { session, signal, mask }: CollectParts): Promise<EvidenceFile[]> {
  const texts = new Map<string, string>();
  let part: string | null = null;
  let characters = 0;
  const end = await session.exec(node, COLLECT_ARGV, {
    signal,
    deadlineMs: NODE_DEADLINE_MS,
    onLine: (stream, line) => {
      if (stream !== 'out') return;
      if (line.startsWith(MARK)) {
        part = PARTS.find((name) => line === MARK + name) ?? null;
        if (part) texts.set(part, '');
        return;
      }
      characters += line.length + 1;
      if (part && characters <= CHARACTERS_MAX) texts.set(part, `${texts.get(part)}${line}\n`);
    },
  });
  const file = (name: string, text: string): EvidenceFile => {
    const bytes = Buffer.from(mask(text).replaceAll('\0', '\ufffd'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { path: `nodes/${node.name}/${name}`, mediaType: 'text/plain', sha256, bytes };
  };
  const isWhole = end.kind === 'exited' && end.exitCode === 0 && characters <= CHARACTERS_MAX;
  if (isWhole) return [...texts].map(([name, text]) => file(name, text));
  const why =
    'reason' in end ? end.reason : characters > CHARACTERS_MAX ? 'it told too much' : `the asking was ${end.kind}`;
  return [file(NODE_NOT_KNOWN, `${why}\n`)];
}
