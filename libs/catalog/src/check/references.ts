/**
 * Names that refer to something: parents, wanted attributes, jigs. A name that nobody owns yet is a warning, because
 * barclamps are imported one after the other and roles resolve late; a role that waits for itself is an error.
 */
import type { BarclampDraft, RoleDraft } from '../draft.js';
import type { Known } from '../known.js';
import type { ProblemList } from '../problem.js';
import { didYouMean } from '../suggest.js';
import type { Word } from '../yaml/map-reader.js';
import type { RoleEdge } from './cycles.js';
import { checkMapPath, checkName } from './names.js';
import { attribsOf } from './owners.js';

export function checkReferences(draft: BarclampDraft, known: Known, problems: ProblemList): void {
  const roles = namesOf([...draft.roles], known.roles);
  const attribs = namesOf(attribsOf(draft), known.attribs);
  const jigs = known.jigs && new Set([...known.jigs, ...draft.jigs.flatMap((jig) => jig.name?.text ?? [])]);

  for (const role of draft.roles) {
    const name = role.name?.text ?? '?';
    const report = (word: Word, what: string, whole: ReadonlySet<string>, consequence: string): void => {
      problems.warn(
        word.at,
        'unresolved',
        `role "${name}" ${what} "${word.text}", ${consequence}`,
        didYouMean(word.text, whole),
      );
    };
    for (const word of role.requires) {
      if (!checkName('role', word, problems)) continue;
      if (known.roles && !roles.has(word.text)) {
        report(word, 'requires', roles, 'which no barclamp has yet: it cannot be bound before one does');
      }
    }
    for (const word of [...role.attaches, ...role.preceeds, ...role.provides, ...role.conflicts])
      checkName('role', word, problems);
    for (const { attrib } of role.wants) {
      if (!checkName('attribute', attrib, problems)) continue;
      if (known.attribs && !attribs.has(attrib.text)) {
        report(
          attrib,
          'wants the attribute',
          attribs,
          'which nobody owns yet: it cannot be bound before somebody does',
        );
      }
    }
    checkWants(role, problems);
    checkAgainstSelf(role, problems);
    if (role.jig && checkName('jig', role.jig, problems) && jigs && !jigs.has(role.jig.text)) {
      report(role.jig, 'uses the jig', jigs, 'which is not here: it cannot be bound before it is');
    }
  }
}

/** Every edge that the barclamp writes between roles, whoever owns them. Edges to nothing known are left out. */
export function edgesOf(draft: BarclampDraft, attribOwner: (name: string) => string | undefined): RoleEdge[] {
  const clientOf = new Map(
    draft.jigs.flatMap((jig) => (jig.name && jig.clientRole ? [[jig.name.text, jig.clientRole]] : [])),
  );
  return draft.roles.flatMap((role) => {
    const name = role.name?.text;
    if (name === undefined) return [];
    const edges: RoleEdge[] = role.requires.map((word) => ({
      child: name,
      parent: word.text,
      because: `${name} requires ${word.text}`,
      at: word.at,
    }));
    for (const { attrib } of role.wants) {
      const owner = attribOwner(attrib.text);
      if (owner === undefined || owner === name) continue;
      edges.push({ child: name, parent: owner, because: `${name} wants ${attrib.text} of ${owner}`, at: attrib.at });
    }
    for (const word of role.attaches) {
      edges.push({ child: word.text, parent: name, because: `${name} attaches ${word.text}`, at: word.at });
    }
    for (const word of role.preceeds) {
      edges.push({ child: word.text, parent: name, because: `${name} preceeds ${word.text}`, at: word.at });
    }
    const client = role.jig && clientOf.get(role.jig.text);
    if (client && client.text !== name) {
      const because = `${name} uses the jig ${role.jig!.text}, whose client is ${client.text}`;
      edges.push({ child: name, parent: client.text, because, at: role.jig!.at });
    }
    return edges;
  });
}

function checkWants(role: RoleDraft, problems: ProblemList): void {
  const own = new Set([...role.attribs, ...role.outputs].flatMap((attrib) => attrib.name?.text ?? []));
  const placed = new Map<string, Word>();
  const wanted = new Map<string, Word>();
  for (const { attrib, at } of role.wants) {
    const before = wanted.get(attrib.text);
    wanted.set(attrib.text, attrib);
    if (before) {
      const message = `role "${role.name?.text}" wants "${attrib.text}" twice, first in line ${before.at.line}`;
      problems.error(attrib.at, 'duplicate', message, 'remove one of the two');
      continue;
    }
    if (own.has(attrib.text)) {
      const message = `role "${role.name?.text}" wants its own attribute "${attrib.text}"`;
      problems.error(attrib.at, 'wrong-value', message, 'leave it out: a run gets the attributes of its role anyway');
    }
    if (at && !checkMapPath(at, problems)) continue;
    const place = at ?? attrib;
    const first = placed.get(place.text);
    if (first) {
      const message = `role "${role.name?.text}" puts two wanted attributes at "${place.text}", first in line ${first.at.line}`;
      problems.error(place.at, 'duplicate', message, 'give one of them another "at"');
    }
    placed.set(place.text, place);
  }
}

function checkAgainstSelf(role: RoleDraft, problems: ProblemList): void {
  const name = role.name?.text;
  for (const word of role.provides.filter((one) => one.text === name)) {
    problems.error(word.at, 'wrong-value', `role "${name}" provides itself`, 'leave it out');
  }
  const required = new Set(role.requires.map((one) => one.text));
  for (const word of role.conflicts.filter((one) => one.text === name || required.has(one.text))) {
    const message = `role "${name}" conflicts with ${word.text === name ? 'itself' : `"${word.text}", which it requires`}`;
    problems.error(word.at, 'requires-conflict', message, 'remove one of the two lines');
  }
}

const namesOf = (drafts: readonly { name: Word | undefined }[], known: Readonly<Record<string, string>> | undefined) =>
  new Set([...drafts.flatMap((draft) => draft.name?.text ?? []), ...Object.keys(known ?? {})]);
