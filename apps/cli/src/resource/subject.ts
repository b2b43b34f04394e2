import { usage } from '../exit.js';

/** The kinds of things that can be explained or waited for, and the words an operator may use for them. */
export const SUBJECT_KINDS = {
  node: ['node', 'nodes', 'n'],
  deployment: ['deployment', 'deployments', 'd'],
  node_role: ['node-role', 'node-roles', 'noderole', 'noderoles', 'node_role', 'node_roles', 'nr'],
  run: ['run', 'runs'],
  rollout: ['rollout', 'rollouts'],
} as const;
export type SubjectKind = keyof typeof SUBJECT_KINDS;

/** A thing on the command line; `kind` is null when the words leave it open. */
export interface Subject {
  readonly kind: SubjectKind | null;
  /** Id or name, as the server takes it. */
  readonly key: string;
}

/**
 * Reads what an operator calls a thing: `web@node-1` and `web on node-1` are noderoles, `nodes/node-1` says what it is,
 * and a bare name or id leaves it open. Each subject is one word, except `role on node`.
 */
export const parseSubjects = (words: readonly string[]): Subject[] => {
  const subjects: Subject[] = [];
  for (let at = 0; at < words.length; at += 1) {
    if (words[at + 1] === 'on' && words[at + 2] !== undefined) {
      subjects.push({ kind: 'node_role', key: `${words[at]!}@${words[at + 2]!}` });
      at += 2;
    } else subjects.push(parseSubject(words[at]!));
  }
  return subjects;
};

export const parseSubject = (word: string): Subject => {
  const [, role, node] = /^(\S+)\s+on\s+(\S+)$/.exec(word.trim()) ?? [];
  if (role && node) return { kind: 'node_role', key: `${role}@${node}` };
  const slash = word.indexOf('/');
  if (slash < 0) return { kind: word.includes('@') ? 'node_role' : null, key: word };
  const [kindWord, key] = [word.slice(0, slash).toLowerCase(), word.slice(slash + 1)];
  const kind = (Object.keys(SUBJECT_KINDS) as SubjectKind[]).find((each) =>
    (SUBJECT_KINDS[each] as readonly string[]).includes(kindWord),
  );
  if (!kind || key === '') {
    throw usage(
      `${word} names nothing.`,
      `Write it like node/NAME, deployment/NAME, role@node or "role on node"; there are ${Object.values(SUBJECT_KINDS)
        .map(([first]) => first)
        .join(', ')}.`,
    );
  }
  return { kind, key };
};
