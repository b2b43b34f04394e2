/** Reads Anneal's own form of `barclamp.yml`. Every key stands in docs/barclamp-format.md. */
import type { BarclampDraft, JigDraft } from './draft.js';
import type { ProblemList } from './problem.js';
import { readAttrib } from './read-attrib.js';
import { readRole } from './read-role.js';
import { labelled } from './yaml/label.js';
import { MapReader } from './yaml/map-reader.js';
import type { MapTree } from './yaml/tree.js';

export function readBarclamp(tree: MapTree, problems: ProblemList): BarclampDraft {
  const top = new MapReader(tree, 'the barclamp', problems);
  const draft: BarclampDraft = {
    format: 'anneal',
    at: top.at,
    name: top.requiredWord('name', 'add "name: …" as the first line'),
    display: top.text('display'),
    description: top.text('description') ?? '',
    version: top.text('version') ?? '0',
    parent: top.text('parent'),
    sourceUrl: top.text('source_url'),
    license: top.text('license'),
    requires: top.words('requires'),
    jigs: top.maps('jigs', labelled('jig')).map(readJig),
    roles: top.maps('roles', labelled('role')).map(readRole),
    attribs: top.maps('attribs', labelled('attribute')).map((map) => readAttrib(map, 'input')),
    extras: {},
  };
  top.finish();
  return draft;
}

function readJig(map: MapReader): JigDraft {
  const draft: JigDraft = {
    name: map.requiredWord('name', 'add "name: …"'),
    description: map.text('description') ?? '',
    clientRole: map.word('client_role'),
    class: undefined,
  };
  map.finish();
  return draft;
}
