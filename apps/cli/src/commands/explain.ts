import type { Invocation } from '../command/invocation.js';
import { leaf, type Declare } from '../command/leaf.js';
import { harmless, span } from '../output/cell.js';
import { stateText, type Palette } from '../output/colour.js';
import { askAbout } from '../resource/find-subject.js';
import { parseSubjects, type Subject } from '../resource/subject.js';
import { explainBoot } from './explain-boot.js';

interface Cause {
  readonly kind: string;
  readonly name: string;
  readonly state: string;
  readonly sentence: string;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly until?: number;
  readonly worker?: string;
}

/** Of one noderole. */
interface Explanation {
  readonly summary: string;
  readonly chain: readonly Cause[];
  readonly also: readonly Cause[];
  readonly moves: readonly string[];
}

/** Of a node or a deployment: every root with what it holds up. */
interface FoldedExplanation {
  readonly summary: string;
  readonly waiting: number;
  readonly total: number;
  readonly roots: readonly {
    readonly cause: Cause;
    readonly holds_up: number;
    readonly examples: readonly string[];
    readonly moves: readonly string[];
  }[];
}

/**
 * `anneal explain`: why something is not active, in the server's words. Nothing is worked out here: the chain of causes
 * and the commands that would move it come with the answer.
 */
export const declare: Declare = (program, terminal) => {
  leaf(program, terminal, {
    usage: 'explain <what...>',
    summary: 'why a noderole, node or deployment is not active, and what would move it',
    says: 'A noderole is written role@node or "role on node"; nodes/NAME and deployments/NAME say what a name means. `boot NODE` tells what a machine would boot, and why.',
    examples: [
      'anneal explain web-server@node-1.example.test',
      'anneal explain web-server on node-1.example.test',
      'anneal explain deployments/web',
      'anneal explain boot node-1.example.test',
    ],
    run: async (invocation, [words]) => {
      const [first, node, more] = words as readonly string[];
      if (first === 'boot' && node !== undefined && more === undefined) return await explainBoot(invocation, node);
      for (const [index, subject] of parseSubjects(words as readonly string[]).entries()) {
        if (index > 0 && !invocation.printer.isData) invocation.printer.say('');
        await explainOne(invocation, subject);
      }
    },
  });
};

/** Prints why one thing is not done. */
export const explainOne = async ({ client, printer }: Invocation, subject: Subject): Promise<void> => {
  const { body } = await askAbout<Explanation | FoldedExplanation>(client, subject, 'explain', [
    'node_role',
    'node',
    'deployment',
  ]);
  if (printer.format === 'json' || printer.format === 'yaml') return await printer.document(body);
  const moves = 'roots' in body ? body.roots.flatMap((root) => root.moves) : body.moves;
  if (printer.format === 'name') return printer.lines([...new Set(moves)]);
  printer.say(
    ('roots' in body
      ? foldedText(body, printer.palette, printer.now)
      : chainText(body, printer.palette, printer.now)
    ).join('\n'),
  );
};

const chainText = (explanation: Explanation, palette: Palette, now: number): string[] => [
  palette.bold(harmless(explanation.summary)),
  ...explanation.chain.map(
    (cause, depth) => `${'  '.repeat(depth)}${depth === 0 ? '' : '└ '}${causeText(cause, palette, now)}`,
  ),
  ...(explanation.also.length > 0
    ? ['', 'Besides:', ...explanation.also.map((cause) => `  ${causeText(cause, palette, now)}`)]
    : []),
  ...movesText(explanation.moves),
];

const foldedText = (explanation: FoldedExplanation, palette: Palette, now: number): string[] => [
  palette.bold(harmless(explanation.summary)),
  ...explanation.roots.flatMap((root) => [
    '',
    causeText(root.cause, palette, now),
    `  holds up ${root.holds_up}: ${root.examples.map(harmless).join(', ')}${root.holds_up > root.examples.length ? ', …' : ''}`,
    ...root.moves.map((move) => `  $ ${harmless(move)}`),
  ]),
];

const causeText = (cause: Cause, palette: Palette, now: number): string => {
  const times = [
    cause.since === undefined ? '' : `for ${span(Math.max(0, now - cause.since))}`,
    cause.until === undefined ? '' : `at the latest in ${span(Math.max(0, cause.until - now))}`,
    cause.worker ? `by ${harmless(cause.worker)}` : '',
  ].filter((part) => part !== '');
  const state = cause.state === '' ? '' : `${stateText(harmless(cause.state), palette)}  `;
  return `${state}${harmless(cause.sentence)}${times.length > 0 ? palette.dim(` (${times.join(', ')})`) : ''}`;
};

const movesText = (moves: readonly string[]): string[] =>
  moves.length === 0 ? [] : ['', 'What would move it:', ...moves.map((move) => `  $ ${harmless(move)}`)];
