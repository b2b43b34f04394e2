/**
 * From the text files of a barclamp to its validated document, or to everything that is wrong with it. Pure: it reads no
 * disk, asks nobody, and gives the same answer for the same files. Nothing of a barclamp with an error is handed on, so an
 * import writes all of it or none.
 */
import { assemble } from './assemble.js';
import { checkAttribs } from './check/attribs.js';
import { checkCycles, type RoleEdge } from './check/cycles.js';
import { checkFiles, filesByRole, startOf, type CatalogFile } from './check/files.js';
import { attribsOf, checkOwners } from './check/owners.js';
import { checkReferences, edgesOf } from './check/references.js';
import { checkRoles } from './check/roles.js';
import { detectFormat } from './compat/detect.js';
import { readCrowbar } from './compat/read-crowbar.js';
import type { BarclampDocument, RoleFileDocument } from './document.js';
import type { BarclampDraft } from './draft.js';
import type { Known } from './known.js';
import { DOCUMENT_BYTES_MAX } from './limits.js';
import { ProblemList, type Place, type Problem } from './problem.js';
import { readBarclamp } from './read-barclamp.js';
import { nameOf, type Word } from './yaml/map-reader.js';
import { parseTree } from './yaml/tree.js';

/** The text files of one barclamp. */
export interface BarclampSource {
  /** Put before file names in problems, for example `barclamps/network`. */
  readonly folder?: string;
  readonly files: readonly CatalogFile[];
}

export type LoadResult =
  | { readonly document: BarclampDocument; readonly warnings: readonly Problem[] }
  | { readonly problems: readonly Problem[] };

export type LoadTogetherResult =
  | { readonly documents: readonly BarclampDocument[]; readonly warnings: readonly Problem[] }
  | { readonly problems: readonly Problem[] };

/**
 * Reads one barclamp. `known` holds the names that the system has already; a kind of name that it leaves out is not
 * looked up at all, so that a barclamp can be checked far from any system.
 */
export function loadBarclamp(files: readonly CatalogFile[], { known = {} }: { known?: Known } = {}): LoadResult {
  const result = loadTogether([{ files }], { known });
  return 'problems' in result ? result : { document: result.documents[0]!, warnings: result.warnings };
}

/** Reads several barclamps that refer to one another. The documents come in an order in which they can be imported. */
export function loadTogether(
  sources: readonly BarclampSource[],
  { known = {} }: { known?: Known } = {},
): LoadTogetherResult {
  const problems = new ProblemList();
  const loaded = sources.map((source) => ({ source, own: new ProblemList(), read: undefined as Read | undefined }));
  for (const one of loaded) one.read = read(one.source, one.own);

  const drafts = loaded.flatMap((one) => one.read?.draft ?? []);
  for (const { read, own } of loaded) {
    if (!read) continue;
    const others = withNamesOf(
      drafts.filter((draft) => draft !== read.draft),
      known,
    );
    checkOwners(read.draft, others, own);
    checkReferences(read.draft, onlyGiven(others, known), own);
    checkAttribs(read.draft, own);
    checkRoles(read.draft, read.filesByRole, read.roleFolder, own);
  }
  for (const { source, own } of loaded) problems.take(own, (at) => inFolder(at, source.folder));
  checkCycles(
    loaded.flatMap((one) => labelledEdges(one.read?.draft, one.source.folder, drafts)),
    problems,
  );

  const found = problems.all();
  if (problems.hasErrors) return { problems: found };
  const documents = loaded.map(({ read }) => assemble(read!.draft, read!.filesByRole, read!.used));
  return { documents: inImportOrder(documents), warnings: found };
}

/** A kind of name that the caller gave nothing of is not looked up. */
const onlyGiven = (others: Required<Known>, known: Known): Known => ({
  ...(known.roles && { roles: others.roles }),
  ...(known.attribs && { attribs: others.attribs }),
  ...(known.jigs && { jigs: others.jigs }),
});

interface Read {
  readonly draft: BarclampDraft;
  readonly roleFolder: string;
  readonly filesByRole: Map<string, RoleFileDocument[]>;
  readonly used: readonly CatalogFile[];
}

function read({ files }: BarclampSource, problems: ProblemList): Read | undefined {
  if (files.length > 0 && !checkFiles(files, problems)) return undefined;
  const main = mainFile(files, problems);
  if (!main) return undefined;
  const tree = parseTree(main.path, main.content.replace(/^\uFEFF/, ''), problems);
  if (!tree) return undefined;
  if (tree.kind !== 'map') {
    problems.error(tree.at, 'wrong-type', `a barclamp is a map, found ${nameOf(tree)}`, 'begin with "name: …"');
    return undefined;
  }
  const format = detectFormat(tree, problems);
  if (!format) return undefined;
  const draft = format === 'crowbar' ? readCrowbar(tree, problems) : readBarclamp(tree, problems);
  const roleFolder = files.some((file) => format === 'crowbar' && file.path.startsWith(OLD_FOLDER))
    ? OLD_FOLDER
    : 'roles/';
  const roles = new Set(draft.roles.flatMap((role) => role.name?.text ?? []));
  const byRole = filesByRole(files, main.path, roleFolder, roles, problems);
  const isUsed = (path: string): boolean =>
    path === main.path || (path.startsWith(roleFolder) && roles.has(path.slice(roleFolder.length).split('/')[0]!));
  return { draft, roleFolder, filesByRole: byRole, used: files.filter(({ path }) => isUsed(path)) };
}

/** Where the original keeps the scripts of its roles. */
const OLD_FOLDER = 'script/roles/';

const MAIN_NAMES = ['barclamp.yml', 'barclamp.yaml'];

/** `barclamp.yml`; where there is none, the only YAML file at the top, as the original names it after the barclamp. */
function mainFile(files: readonly CatalogFile[], problems: ProblemList): CatalogFile | undefined {
  const named = files.filter((file) => MAIN_NAMES.includes(file.path));
  const candidates = named.length > 0 ? named : files.filter((file) => /^[^/]+\.ya?ml$/.test(file.path));
  const [first, second] = candidates;
  if (!first) {
    problems.error(
      startOf('barclamp.yml'),
      'no-document',
      'there is no barclamp.yml',
      'put it at the top of the folder or archive',
    );
  } else if (second) {
    const message = `both ${first.path} and ${second.path} could be the barclamp`;
    problems.error(startOf(second.path), 'several-documents', message, 'keep one of them, as barclamp.yml');
    return undefined;
  } else if (Buffer.byteLength(first.content) > DOCUMENT_BYTES_MAX) {
    const message = `the document is larger than ${DOCUMENT_BYTES_MAX} bytes`;
    problems.error(startOf(first.path), 'too-large', message, 'split the barclamp');
    return undefined;
  }
  return first;
}

/** Who owns what, once the other barclamps of the same load are counted in. */
function withNamesOf(drafts: readonly BarclampDraft[], known: Known): Required<Known> {
  const owners = (names: (draft: BarclampDraft) => (Word | undefined)[]): Record<string, string> =>
    Object.fromEntries(
      drafts.flatMap((draft) => names(draft).flatMap((word) => (word ? [[word.text, draft.name?.text ?? '?']] : []))),
    );
  return {
    roles: { ...known.roles, ...owners((draft) => draft.roles.map((role) => role.name)) },
    attribs: { ...known.attribs, ...owners((draft) => attribsOf(draft).map((attrib) => attrib.name)) },
    jigs: [...(known.jigs ?? []), ...drafts.flatMap((draft) => draft.jigs.flatMap((jig) => jig.name?.text ?? []))],
  };
}

function labelledEdges(
  draft: BarclampDraft | undefined,
  folder: string | undefined,
  drafts: readonly BarclampDraft[],
): RoleEdge[] {
  if (!draft) return [];
  const owners = new Map<string, string>();
  for (const role of drafts.flatMap((one) => one.roles)) {
    for (const attrib of [...role.attribs, ...role.outputs]) {
      if (attrib.name && role.name) owners.set(attrib.name.text, role.name.text);
    }
  }
  return edgesOf(draft, (attrib) => owners.get(attrib)).map((edge) => ({ ...edge, at: inFolder(edge.at, folder) }));
}

const inFolder = (at: Place, folder: string | undefined): Place =>
  folder === undefined ? at : { ...at, file: `${folder}/${at.file}` };

/** Parents and required barclamps first; otherwise as given. A circle among barclamps is no harm: their roles resolve late. */
function inImportOrder(documents: readonly BarclampDocument[]): BarclampDocument[] {
  const byName = new Map(documents.map((document) => [document.name, document]));
  const ordered = new Set<BarclampDocument>();
  const open = new Set<BarclampDocument>();
  const place = (document: BarclampDocument): void => {
    if (ordered.has(document) || open.has(document)) return;
    open.add(document);
    for (const name of [document.parent ?? '', ...document.requires]) {
      const earlier = byName.get(name);
      if (earlier) place(earlier);
    }
    ordered.add(document);
  };
  for (const document of documents) place(document);
  return [...ordered];
}
