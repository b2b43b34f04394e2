/**
 * Reads the original's form of a barclamp (Crowbar 2, OpenCrowbar, Digital Rebar 2). It is lenient where ours is strict:
 * a key that Anneal does not act on is kept under `extras` and never keeps a barclamp out. docs/barclamp-format.md has a
 * table of what becomes of each key.
 */
import type { Json, JsonObject } from '#core';
import { ROLE_FLAGS, type JsonSchema, type RoleFileDocument } from '../document.js';
import type { AttribDraft, BarclampDraft, JigDraft, RoleDraft, Written } from '../draft.js';
import type { ProblemList } from '../problem.js';
import { readWants } from '../read-role.js';
import { labelled } from '../yaml/label.js';
import { MapReader, type Word } from '../yaml/map-reader.js';
import { toJson, type MapTree } from '../yaml/tree.js';
import { fromKwalify, isJsonSchema } from './kwalify.js';

export function readCrowbar(tree: MapTree, problems: ProblemList): BarclampDraft {
  const top = new MapReader(tree, 'the barclamp', problems);
  const block = top.mapUnder('barclamp', 'the "barclamp" block') ?? new MapReader(tree, 'the barclamp', problems);
  const identity = {
    name: block.requiredWord('name', 'add "name: …" to the "barclamp:" block'),
    display: block.text('display'),
    description: block.text('description') ?? '',
    version: block.text('version') ?? '0',
    parent: block.text('parent'),
    sourceUrl: block.text('source_url'),
    license: block.text('license'),
    requires: block.words('requires').map(withoutGroupMark),
  };
  return {
    format: 'crowbar',
    at: block.at,
    ...identity,
    jigs: top.maps('jigs', labelled('jig')).map(readJig),
    roles: top.maps('roles', labelled('role')).map(readRole),
    attribs: top.maps('attribs', labelled('attribute')).map(readAttrib),
    extras: { ...leftOver(top), ...nested('barclamp', leftOver(block)) },
  };
}

function readJig(map: MapReader): JigDraft {
  return {
    name: map.requiredWord('name', 'add "name: …"'),
    description: map.text('description') ?? '',
    clientRole: map.word('implementor'),
    class: map.text('class'),
  };
}

function readRole(map: MapReader): RoleDraft {
  const flags = map.words('flags');
  const flagNames: readonly string[] = ROLE_FLAGS;
  for (const flag of flags.filter((one) => !flagNames.includes(one.text))) {
    map.problems.warn(
      flag.at,
      'not-carried-over',
      `the flag "${flag.text}" of ${map.what} means nothing here and is left out`,
    );
  }
  if (map.has('events')) {
    const message = `"events" of ${map.what} are kept and not acted on`;
    map.problems.warn(
      map.placeOf('events'),
      'not-carried-over',
      message,
      'write "events: [{ on: node.*, do: rerun }]" in Anneal\'s form',
    );
  }
  const events = map.json('events');
  const metadata = map.json('metadata');
  const draft = {
    at: map.at,
    name: map.requiredWord('name', 'begin the role with "- name: …"'),
    description: map.text('description') ?? '',
    jig: map.requiredWord('jig', 'add "jig: …"'),
    flags: flags.filter((one) => flagNames.includes(one.text)),
    requires: map.words('requires'),
    wants: [...readWants(map, 'wants-attribs'), ...readWants(map, 'requires-attribs')],
    provides: map.words('provides'),
    conflicts: map.words('conflicts'),
    attaches: map.words('attaches'),
    preceeds: map.words('preceeds'),
    attribs: map.maps('attribs', labelled('attribute')).map(readAttrib),
    outputs: [],
    onError: 'node',
    onRerunFailure: 'warn',
    scope: 'boot',
    retry: undefined,
    timeoutSeconds: undefined,
    priority: 0,
    template: readTemplate(map),
    files: inlineScripts(metadata),
    events: [],
    notes: '',
    documentation: map.text('documentation') ?? '',
  } as const;
  const kept = { ...(metadata === undefined ? {} : { metadata }), ...(events === undefined ? {} : { events }) };
  return { ...draft, extras: { ...kept, ...leftOver(map) } };
}

function readAttrib(map: MapReader): AttribDraft {
  return {
    at: map.at,
    name: map.requiredWord('name', 'add "name: …"'),
    description: map.text('description') ?? '',
    map: map.word('map'),
    schema: readSchema(map),
    default: readDefault(map),
    writable: undefined,
    secret: false,
    generate: undefined,
    order: map.integer('order', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ?? 0,
    uiRenderer: map.text('ui_renderer'),
    kind: 'input',
  };
}

function readSchema(map: MapReader): Written<JsonSchema> | undefined {
  const tree = map.tree('schema');
  if (!tree) return undefined;
  if (tree.kind === 'map' && isJsonSchema(tree)) return { value: toJson(tree) as JsonSchema, tree };
  return { value: fromKwalify(tree, map.what, map.problems), tree };
}

function readDefault(map: MapReader): Written | undefined {
  const tree = map.treeOrNull('default');
  return tree && { value: toJson(tree), tree };
}

function readTemplate(map: MapReader): Written | undefined {
  const tree = map.tree('template');
  return tree?.kind === 'map' ? { value: toJson(tree), tree } : undefined;
}

/** Scripts that stand in `metadata.scripts`, numbered in their order. */
function inlineScripts(metadata: Json | undefined): RoleFileDocument[] {
  const scripts = (metadata as { scripts?: Json } | null | undefined)?.scripts;
  if (!Array.isArray(scripts)) return [];
  return scripts
    .filter((script): script is string => typeof script === 'string')
    .map((content, index) => ({ path: `${String(index).padStart(2, '0')}-inline.sh`, content }));
}

/** `@crowbar` names a group in the original; the groups here are barclamps as well. */
const withoutGroupMark = (word: Word): Word => ({ ...word, text: word.text.replace(/^@/, '') });

const leftOver = (map: MapReader): JsonObject =>
  Object.fromEntries(map.unasked().map(({ key, value }) => [key, value]));

const nested = (key: string, value: JsonObject): JsonObject => (Object.keys(value).length > 0 ? { [key]: value } : {});
