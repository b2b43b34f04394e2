/** Makes the document out of a draft that has passed every check: fills in what may be left out, and computes the digest. */
import { createHash } from 'node:crypto';
import type { CatalogFile } from './check/files.js';
import type {
  AttribDocument,
  BarclampDocument,
  JigDocument,
  RoleDocument,
  RoleFileDocument,
  RoleFlag,
  WantDocument,
} from './document.js';
import type { AttribDraft, BarclampDraft, JigDraft, RoleDraft, WantDraft } from './draft.js';
import type { Word } from './yaml/map-reader.js';

export function assemble(
  draft: BarclampDraft,
  filesByRole: ReadonlyMap<string, readonly RoleFileDocument[]>,
  used: readonly CatalogFile[],
): BarclampDocument {
  const name = draft.name!.text;
  return {
    name,
    display: draft.display ?? name,
    description: draft.description,
    version: draft.version,
    ...given('parent', draft.parent),
    ...given('sourceUrl', draft.sourceUrl),
    ...given('license', draft.license),
    requires: texts(draft.requires),
    jigs: draft.jigs.map(jigOf),
    roles: draft.roles.map((role) => roleOf(role, filesByRole.get(role.name!.text) ?? [])),
    attribs: draft.attribs.map(attribOf),
    format: draft.format,
    ...(Object.keys(draft.extras).length > 0 ? { extras: draft.extras } : {}),
    digest: digestOf(used),
  };
}

function jigOf(jig: JigDraft): JigDocument {
  return {
    name: jig.name!.text,
    description: jig.description,
    ...given('clientRole', jig.clientRole?.text),
    ...given('class', jig.class),
  };
}

function roleOf(role: RoleDraft, files: readonly RoleFileDocument[]): RoleDocument {
  const { retry } = role;
  return {
    name: role.name!.text,
    description: role.description,
    jig: role.jig!.text,
    flags: texts(role.flags) as RoleFlag[],
    requires: texts(role.requires),
    wants: role.wants.map(wantOf),
    provides: texts(role.provides),
    conflicts: texts(role.conflicts),
    attaches: texts(role.attaches),
    preceeds: texts(role.preceeds),
    attribs: role.attribs.map(attribOf),
    outputs: role.outputs.map(attribOf),
    onError: role.onError,
    onRerunFailure: role.onRerunFailure,
    ...(role.scope === 'boot' ? {} : { scope: role.scope }),
    ...(retry
      ? { retry: { max: retry.max, backoffSeconds: retry.backoffSeconds, ...given('exitCodes', retry.exitCodes) } }
      : {}),
    ...given('timeoutSeconds', role.timeoutSeconds),
    priority: role.priority,
    template: (role.template?.value ?? {}) as RoleDocument['template'],
    files: [...role.files, ...files],
    events: role.events,
    notes: role.notes,
    documentation: role.documentation,
    ...(Object.keys(role.extras).length > 0 ? { extras: role.extras } : {}),
  };
}

const wantOf = (want: WantDraft): WantDocument => ({ attrib: want.attrib.text, ...given('at', want.at?.text) });

function attribOf(attrib: AttribDraft): AttribDocument {
  const name = attrib.name!.text;
  return {
    name,
    description: attrib.description,
    map: attrib.map?.text ?? name,
    schema: attrib.schema?.value ?? null,
    ...given('default', attrib.default?.value),
    writable: attrib.kind === 'input' && (attrib.writable ?? attrib.schema !== undefined),
    ...(attrib.secret ? { secret: true } : {}),
    ...given('generate', attrib.generate?.value),
    order: attrib.order,
    ...given('uiRenderer', attrib.uiRenderer),
    kind: attrib.kind,
  };
}

/** Names and contents of the files, in the order of their names, each with its length so that none runs into the next. */
function digestOf(files: readonly CatalogFile[]): string {
  const hash = createHash('sha256');
  for (const { path, content } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(JSON.stringify([path, Buffer.byteLength(content)])).update(content);
  }
  return hash.digest('hex');
}

/** The words of a list, each once. */
const texts = (words: readonly Word[]): string[] => [...new Set(words.map((word) => word.text))];

/** The property, or nothing at all where there is no value. */
const given = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
  (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
