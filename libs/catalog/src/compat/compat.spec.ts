import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Json } from '#core';
import type { AttribDocument, BarclampDocument } from '../document.js';
import type { CatalogFile } from '../check/files.js';
import { loadBarclamp } from '../load.js';
import { describeProblem } from '../problem.js';

const files = (content: string, ...more: CatalogFile[]): CatalogFile[] => [{ path: 'clock.yml', content }, ...more];

function document(given: readonly CatalogFile[]): BarclampDocument {
  const result = loadBarclamp(given);
  if ('document' in result) return result.document;
  throw new Error(result.problems.map(describeProblem).join('\n'));
}

const OLD = `
barclamp:
  name: clock
  display: Clocks
  description: Time for all.
  version: 0
  parent: crowbar
  source_url: https://example.com/clock
  license: Apache 2
  license_url: https://example.com/license
  requires:
    - '@crowbar'
  member:
    - crowbar
crowbar:
  layout: 2.0
  order: 80
git:
  date: Mon Nov 25 2013
debs:
  ubuntu-12.04:
    pkgs: [ntp]
rpms:
  pkgs: [ntp]
wizard: { steps: 3 }
jigs:
  - name: chef-solo
    class: BarclampChef::SoloJig
    description: Recipes without a server.
    implementor: chef-solo
roles:
  - name: clock-server
    jig: chef-solo
    type: BarclampClock::Server
    icon: schedule
    flags: [implicit, server, leaverunlog]
    requires: [dns-client]
    attaches: [database]
    preceeds: [proxy]
    provides: [clock-client]
    conflicts: [no-clock]
    wants-attribs:
      - dns-domain
    requires-attribs:
      - { name: admin-address, at: clock/admin }
    events:
      - endpoint: inproc://role:clock-server/on_node_change
        selectors: [{ event: on_node_change }]
    attribs:
      - name: clock-servers
        description: Where the time comes from.
        map: crowbar/clock/servers
        default: []
        ui_renderer: attribs/list
        schema:
          type: seq
          required: true
          sequence:
            - type: str
              required: true
              pattern: /^[a-z.]+$/
attribs:
  - name: clock-skew
    description: Milliseconds.
    type: SomeClass
`;

describe("a barclamp in the original's form", () => {
  it('is read into the same document as one of ours', () => {
    const read = document(files(OLD, { path: 'script/roles/clock-server/01-run.sh', content: 'true\n' }));
    expect(read).toMatchObject({
      name: 'clock',
      display: 'Clocks',
      version: '0',
      parent: 'crowbar',
      sourceUrl: 'https://example.com/clock',
      license: 'Apache 2',
      requires: ['crowbar'],
      format: 'crowbar',
      jigs: [{ name: 'chef-solo', class: 'BarclampChef::SoloJig', clientRole: 'chef-solo' }],
      attribs: [{ name: 'clock-skew', schema: null, writable: false }],
    });
    expect(read.roles[0]).toMatchObject({
      name: 'clock-server',
      jig: 'chef-solo',
      flags: ['implicit'],
      requires: ['dns-client'],
      attaches: ['database'],
      preceeds: ['proxy'],
      provides: ['clock-client'],
      conflicts: ['no-clock'],
      wants: [{ attrib: 'dns-domain' }, { attrib: 'admin-address', at: 'clock/admin' }],
      files: [{ path: '01-run.sh', content: 'true\n' }],
      attribs: [
        {
          name: 'clock-servers',
          map: 'crowbar/clock/servers',
          default: [],
          uiRenderer: 'attribs/list',
          writable: true,
        },
      ],
    });
  });

  it('loses nothing that Anneal does not act on', () => {
    const read = document(files(OLD));
    expect(read.extras).toEqual({
      barclamp: { license_url: 'https://example.com/license', member: ['crowbar'] },
      crowbar: { layout: 2, order: 80 },
      git: { date: 'Mon Nov 25 2013' },
      debs: { 'ubuntu-12.04': { pkgs: ['ntp'] } },
      rpms: { pkgs: ['ntp'] },
      wizard: { steps: 3 },
    });
    expect(read.roles[0]?.extras).toEqual({
      type: 'BarclampClock::Server',
      icon: 'schedule',
      events: [{ endpoint: 'inproc://role:clock-server/on_node_change', selectors: [{ event: 'on_node_change' }] }],
    });
  });

  it('is told what is not carried over, as warnings', () => {
    const result = loadBarclamp(files(OLD));
    expect('document' in result && result.warnings.map(describeProblem)).toEqual([
      'clock.yml:36:23: warning: the flag "server" of role "clock-server" means nothing here and is left out',
      'clock.yml:36:31: warning: the flag "leaverunlog" of role "clock-server" means nothing here and is left out',
      'clock.yml:46:5: warning: "events" of role "clock-server" are kept and not acted on (write "events: [{ on: node.*, do: rerun }]" in Anneal\'s form)',
    ]);
  });

  it('brings scripts that stand in its metadata', () => {
    const inline =
      'barclamp: { name: x }\nroles:\n  - name: a\n    jig: script\n    metadata:\n      scripts:\n        - |\n          echo one\n        - echo two\n';
    expect(document(files(inline)).roles[0]?.files).toEqual([
      { path: '00-inline.sh', content: 'echo one\n' },
      { path: '01-inline.sh', content: 'echo two' },
    ]);
  });

  it('is held to the rules of names, circles and scripts like any other', () => {
    const bad =
      'barclamp: { name: users }\nroles:\n  - { name: a, jig: script, requires: [b] }\n  - { name: b, jig: noop, requires: [a] }\n';
    const result = loadBarclamp(files(bad));
    expect('problems' in result && result.problems.map((problem) => problem.code)).toEqual([
      'reserved-name',
      'no-script',
      'cycle',
    ]);
  });

  it('keeps a default that breaks its own schema, with a warning', () => {
    const odd =
      'barclamp: { name: x }\nroles: [{ name: a, jig: noop, attribs: [{ name: b, default: 3, schema: { type: str, required: true } }] }]\n';
    const result = loadBarclamp(files(odd));
    expect('document' in result && result.warnings.map((problem) => problem.code)).toEqual(['bad-default']);
  });
});

/** A Kwalify fragment, values it accepts, and values it does not. */
const KWALIFY: readonly (readonly [fragment: string, good: readonly Json[], bad: readonly Json[]])[] = [
  ['{ type: str, required: true }', ['', 'a'], [1, null, true]],
  ['{ type: str }', ['a', null], [1]],
  ['{ required: yes }', ['a'], [null, 1]],
  ['{ type: text, required: true }', ['a', 1], [null, true]],
  ['{ type: int, required: true, range: { min: 1, max-ex: 10 } }', [1, 9], [0, 10, 1.5]],
  ['{ type: float, required: true }', [1.5, 2], ['1.5']],
  ['{ type: bool, required: true }', [true, false], ['true', null]],
  ['{ type: any }', [1, 'a', null, [], {}], []],
  ['{ type: str, required: true, enum: [a, b] }', ['a'], ['c', null]],
  ['{ type: str, enum: [a, b] }', ['a', null], ['c']],
  ['{ type: str, required: true, pattern: "/\\\\A[0-9]+\\\\z/" }', ['12'], ['a', '12a']],
  ['{ type: str, required: true, length: { min: 2, max-ex: 4 } }', ['ab', 'abc'], ['a', 'abcd']],
  ['{ type: seq, required: true, sequence: [{ type: int, required: true }] }', [[], [1]], [['a'], [null], null]],
  [
    '{ type: seq, required: true, sequence: [{ type: str, required: true, unique: true }] }',
    [['a', 'b']],
    [['a', 'a']],
  ],
  [
    '{ type: map, required: true, mapping: { a: { type: int, required: true }, b: { type: str } } }',
    [{ a: 1 }, { a: 1, b: null }],
    [{}, { a: 1, c: 2 }],
  ],
  ['{ type: map, required: true, mapping: { "=": { type: int, required: true } } }', [{}, { x: 1 }], [{ x: 'a' }]],
  ['{ mapping: { a: { sequence: [{ type: str, required: true }] } } }', [null, { a: ['x'] }], [{ a: [1] }]],
  ['{ type: array, items: { type: string } }', [['a']], [[1], null]],
];

describe('a schema of the original', () => {
  it.each(KWALIFY)('%s accepts the same values as JSON Schema', (fragment, good, bad) => {
    const attrib = document(files(`barclamp: { name: x }\nattribs:\n  - name: a\n    schema: ${fragment}\n`))
      .attribs[0] as AttribDocument;
    const validate = new Ajv2020({ strictTypes: false }).compile(attrib.schema as object);
    for (const value of good)
      expect(validate(value), `${JSON.stringify(value)} by ${JSON.stringify(attrib.schema)}`).toBe(true);
    for (const value of bad)
      expect(validate(value), `${JSON.stringify(value)} by ${JSON.stringify(attrib.schema)}`).toBe(false);
  });

  it('leaves out what JSON Schema cannot say, with a warning at its line', () => {
    const result = loadBarclamp(
      files(
        'barclamp: { name: x }\nattribs:\n  - name: a\n    schema:\n      type: str\n      assert: val > 1\n      range: { min: a }\n',
      ),
    );
    expect('document' in result && result.warnings.map(describeProblem)).toEqual([
      'clock.yml:6:7: warning: in the schema of attribute "a": "assert" has no counterpart in JSON Schema and is left out',
      'clock.yml:7:7: warning: in the schema of attribute "a": a range of "str" has no counterpart in JSON Schema and is left out',
    ]);
  });
});
