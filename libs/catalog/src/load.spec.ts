import { describe, expect, it } from 'vitest';
import { describeProblem, loadBarclamp, loadTogether, type CatalogFile, type Known } from './index.js';

const yaml = (content: string): CatalogFile[] => [{ path: 'barclamp.yml', content }];

/** Everything found, as one reads it in a terminal. */
function lines(files: readonly CatalogFile[], known?: Known): string[] {
  const result = loadBarclamp(files, known ? { known } : {});
  return ('problems' in result ? result.problems : result.warnings).map(describeProblem);
}

const role = (...keys: string[]): string =>
  ['name: x', 'roles:', '  - name: a', '    jig: noop', ...keys.map((key) => `    ${key}`)].join('\n');

/** What is written → what is said, to the letter: an author reads nothing else. */
const MALFORMED: readonly (readonly [world: string, document: string, said: readonly string[]])[] = [
  [
    'a bracket that is never closed',
    'name: x\nroles:\n  - name: a\n    jig: noop\n    requires: [b, c\n',
    [
      'barclamp.yml:6:1: error: Flow sequence in block collection must be sufficiently indented and end with a ] (line it up with its neighbours)',
    ],
  ],
  [
    'tabs for indentation',
    'name: x\nroles:\n\t- name: a\n',
    ['barclamp.yml:3:1: error: Tabs are not allowed as indentation (indent with spaces)'],
  ],
  [
    'a key that is there twice',
    'name: x\nversion: 1\nname: y\n',
    ['barclamp.yml:3:1: error: "name" is given twice in the same map (merge the two or rename one)'],
  ],
  [
    'two documents in one file',
    'name: x\n---\nname: y\n',
    ['barclamp.yml:2:1: error: the file holds more than one document (put each barclamp in a file of its own)'],
  ],
  [
    'a list instead of a map',
    '- name: x\n',
    ['barclamp.yml:1:1: error: a barclamp is a map, found a list (begin with "name: …")'],
  ],
  ['an empty file', '', ['barclamp.yml:1:1: error: a barclamp is a map, found nothing (begin with "name: …")']],
  [
    'a tag of another language',
    'name: !ruby/object x\n',
    ['barclamp.yml:1:7: error: Unresolved tag: !ruby/object (leave the tag out)'],
  ],
  [
    'an alias to nothing',
    'name: x\nroles: *all\n',
    ['barclamp.yml:2:8: error: the alias *all stands for nothing above it'],
  ],
  [
    'a merge key',
    'name: x\nroles:\n  - <<: { jig: noop }\n    name: a\n',
    ['barclamp.yml:3:5: error: merge keys ("<<") are not read (write the keys out)'],
  ],
  [
    'a number that JSON cannot hold',
    role('template: { a: .inf }'),
    ['barclamp.yml:5:20: error: infinity and not-a-number cannot be written as JSON'],
  ],
  ['a treacherous key', role('template: { __proto__: 1 }'), ['barclamp.yml:5:17: error: "__proto__" cannot be a key']],

  [
    'no name',
    'version: 1\n',
    ['barclamp.yml:1:1: error: the barclamp has no "name" (add "name: …" as the first line)'],
  ],
  [
    'a misspelt key of the barclamp',
    'name: x\ndescripton: y\n',
    ['barclamp.yml:2:1: error: the barclamp has no key "descripton" (did you mean "description"?)'],
  ],
  [
    'a misspelt key of a role',
    role('requieres: [b]'),
    ['barclamp.yml:5:5: error: role "a" has no key "requieres" (did you mean "requires"?)'],
  ],
  [
    'a hyphen for an underscore',
    role('on-error: node'),
    ['barclamp.yml:5:5: error: role "a" has no key "on-error" (did you mean "on_error"?)'],
  ],
  [
    'a comma in a text within braces',
    'name: x\nroles:\n  - { name: a, jig: noop, description: red, or blue }\n',
    [
      'barclamp.yml:3:45: error: role "a" has no key "or blue" (quote the text before it: within braces a comma ends it)',
    ],
  ],
  [
    'a role without a jig',
    'name: x\nroles:\n  - name: a\n',
    ['barclamp.yml:3:5: error: role "a" has no "jig" (add "jig: script", or "jig: noop" if nothing is to be done)'],
  ],
  [
    'a role without a name',
    'name: x\nroles:\n  - jig: noop\n',
    ['barclamp.yml:3:5: error: role 1 of the list has no "name" (begin the role with "- name: …")'],
  ],
  [
    'a role that is a word',
    'name: x\nroles: [a]\n',
    [
      'barclamp.yml:2:9: error: "roles" of the barclamp must list maps, found the text "a" (begin each with "- name: …")',
    ],
  ],
  [
    'one name where a list belongs',
    role('requires: b'),
    ['barclamp.yml:5:15: error: "requires" of role "a" must be a list, found the text "b" (write "requires: [b]")'],
  ],
  [
    'a number among names',
    role('requires: [b, 7]'),
    ['barclamp.yml:5:19: error: "requires" of role "a" must list words, found the number 7'],
  ],
  [
    'a word where a number belongs',
    role('timeout_seconds: 5m'),
    [
      'barclamp.yml:5:22: error: "timeout_seconds" of role "a" must be a number, found the text "5m" (write it without quotes or a unit)',
    ],
  ],
  [
    'a number beyond its limit',
    role('priority: 5000'),
    ['barclamp.yml:5:15: error: "priority" of role "a" is 5000 (use a number from -1000 to 1000)'],
  ],
  [
    'a broken number',
    role('priority: 1.6'),
    ['barclamp.yml:5:15: error: "priority" of role "a" must be a whole number, found the number 1.6 (round it to 2)'],
  ],
  [
    'a misspelt choice',
    role('on_error: descendents'),
    ['barclamp.yml:5:15: error: "on_error" of role "a" is "descendents" (did you mean "descendants"?)'],
  ],
  [
    'a choice that is none',
    role('on_rerun_failure: panic'),
    ['barclamp.yml:5:23: error: "on_rerun_failure" of role "a" is "panic" (use warn or block)'],
  ],
  [
    'a misspelt flag',
    role('flags: [implicite]'),
    ['barclamp.yml:5:13: error: role "a" has no flag "implicite" (did you mean "implicit"?)'],
  ],
  [
    'a retry without a number',
    role('retry: { backoff_seconds: 2 }'),
    ['barclamp.yml:5:12: error: "retry" of role "a" has no "max" (add "max: 3")'],
  ],
  [
    'a retry of success',
    role('retry: { max: 2, exit_codes: [0] }'),
    [
      'barclamp.yml:5:35: error: the number 0 is not the exit code of a failure (list numbers from 1 to 255; 0, 64 and 75 are not failures)',
    ],
  ],
  [
    'an event without an action',
    role('events: [{ on: node.* }]'),
    ['barclamp.yml:5:14: error: event 1 of role "a" has no "do" (add "do: rerun")'],
  ],
  [
    'an event that cannot be',
    role('events: [{ on: "Node changed", do: rerun }]'),
    [
      'barclamp.yml:5:20: error: "Node changed" names no event (write words with dots, like "node.changed" or "node.*")',
    ],
  ],
  [
    'a webhook to a file',
    role('events: [{ on: "*", do: webhook, url: "file:///etc/passwd" }]'),
    ['barclamp.yml:5:43: error: event 1 of role "a" has no address to post to (add "url: https://…")'],
  ],

  [
    'a role name with a quote and a semicolon',
    'name: x\nroles:\n  - name: "a\'; drop"\n    jig: noop\n',
    [
      'barclamp.yml:3:11: error: "a\'; drop" cannot be the name of a role (try "a-drop": a letter, then letters, digits, "-" and "_", at most 128)',
    ],
  ],
  [
    'a barclamp name with a hyphen',
    'name: my-site\n',
    [
      'barclamp.yml:1:7: error: "my-site" cannot be the name of a barclamp (try "my_site": a letter, then letters, digits, and "_", at most 63)',
    ],
  ],
  [
    'a reserved barclamp name',
    'name: Roles\n',
    ['barclamp.yml:1:7: error: "Roles" is a word of the program itself (choose another, for example "Roles_site")'],
  ],
  [
    'a required role with a bad name',
    role('requires: ["no such"]'),
    [
      'barclamp.yml:5:16: error: "no such" cannot be the name of a role (try "no-such": a letter, then letters, digits, "-" and "_", at most 128)',
    ],
  ],
  [
    'a path that leads upward',
    role('attribs: [{ name: b, map: "../b", schema: true }]'),
    [
      'barclamp.yml:5:31: error: "../b" is not a path (write segments of letters, digits, "-", "_" and "." with "/" between them)',
    ],
  ],
  [
    'two roles of one name',
    'name: x\nroles:\n  - { name: a, jig: noop }\n  - { name: A, jig: noop }\n',
    [
      'barclamp.yml:4:13: error: the role "A" is there twice, first in line 3 (rename one of them; case makes no difference)',
    ],
  ],
  [
    'an attribute in two roles',
    'name: x\nroles:\n  - { name: a, jig: noop, attribs: [{ name: c, schema: true }] }\n  - { name: b, jig: noop, outputs: [{ name: c }] }\n',
    [
      'barclamp.yml:4:45: error: the attribute "c" is there twice, first in line 3 (rename one of them; case makes no difference)',
    ],
  ],

  [
    'a schema that is a word',
    role('attribs: [{ name: b, schema: string }]'),
    [
      'barclamp.yml:5:34: error: "schema" of attribute "b" must be a map, found the text "string" (write "schema: { type: string }")',
    ],
  ],
  [
    'a type of the original',
    role('attribs: [{ name: b, schema: { type: int } }]'),
    [
      'barclamp.yml:5:42: error: the schema of the attribute "b" is not JSON Schema: "/type" must be equal to one of the allowed values (did you mean "integer"?)',
    ],
  ],
  [
    'a wrong type deep inside',
    role(
      'attribs:',
      '  - name: b',
      '    schema:',
      '      type: object',
      '      properties:',
      '        port: { type: nubmer }',
    ),
    [
      'barclamp.yml:10:27: error: the schema of the attribute "b" is not JSON Schema: "/properties/port/type" must be equal to one of the allowed values (did you mean "number"?)',
    ],
  ],
  [
    'a misspelt keyword',
    role('attribs: [{ name: b, schema: { type: object, requried: [c] } }]'),
    [
      'barclamp.yml:5:50: error: the schema of the attribute "b" cannot be used: unknown keyword: "requried" (did you mean "required"?)',
    ],
  ],
  [
    'a broken pattern',
    role('attribs: [{ name: b, schema: { type: string, pattern: "(" } }]'),
    [
      'barclamp.yml:5:59: error: the schema of the attribute "b" cannot be used: Invalid regular expression: /(/u: Unterminated group (mend the regular expression)',
    ],
  ],
  [
    'a reference to nowhere',
    role('attribs: [{ name: b, schema: { $ref: "#/$defs/c" } }]'),
    [
      'barclamp.yml:5:42: error: the schema of the attribute "b" cannot be used: can\'t resolve reference #/$defs/c from id # (refer to "#/$defs/…" in the same schema)',
    ],
  ],
  [
    'a default that breaks its schema',
    role('attribs: [{ name: b, schema: { type: integer }, default: many }]'),
    ['barclamp.yml:5:62: error: the default of "b" does not fit its own schema: must be integer'],
  ],
  [
    'a default that is wrong inside',
    role('attribs: [{ name: b, schema: { type: array, items: { enum: [1, 2] } }, default: [1, 3] }]'),
    [
      'barclamp.yml:5:89: error: the default of "b" does not fit its own schema at "/1": must be equal to one of the allowed values (1, 2)',
    ],
  ],
  [
    'role data that breaks a schema',
    role('attribs: [{ name: b, map: c/d, schema: { type: integer } }]', 'template: { c: { d: no } }'),
    ['barclamp.yml:6:25: error: "c/d" in the template of role "a" does not fit its own schema: must be integer'],
  ],
  [
    'a writable attribute that says nothing of itself',
    role('attribs: [{ name: b, writable: true }]'),
    [
      'barclamp.yml:5:15: error: the attribute "b" is writable and has no schema (add "schema: { type: string }", or "schema: true" for any value)',
    ],
  ],

  [
    'a value that is made and is no secret',
    role('attribs: [{ name: b, schema: true, generate: { length: 16, alphabet: alnum } }]'),
    [
      'barclamp.yml:5:40: error: the attribute "b" has "generate" and is no secret (add "secret: true", or give it a default)',
    ],
  ],
  [
    'a value that is made beside a default',
    role('attribs: [{ name: b, secret: true, default: x, schema: true, generate: { length: 16, alphabet: alnum } }]'),
    ['barclamp.yml:5:66: error: the attribute "b" has both "generate" and "default" (leave one of them out)'],
  ],
  [
    'a value that is made and does not fit',
    role(
      'attribs: [{ name: b, secret: true, schema: { type: string, maxLength: 40 }, generate: { length: 32, alphabet: base64 } }]',
    ),
    [
      'barclamp.yml:5:81: error: the attribute "b" does not take what "generate" makes: 44 characters of base64 (give it a schema of type string that takes them)',
    ],
  ],
  [
    'a value that is too short to be made, of characters that nobody knows',
    role('attribs: [{ name: b, secret: true, schema: true, generate: { length: 4, alphabet: hexa } }]'),
    [
      'barclamp.yml:5:74: error: "length" of "generate" of attribute "b" is 4 (use a number from 16 to 512)',
      'barclamp.yml:5:87: error: "alphabet" of "generate" of attribute "b" is "hexa" (did you mean "hex"?)',
    ],
  ],
  [
    'flags that contradict',
    role('flags: [implicit, milestone, abstract]'),
    [
      'barclamp.yml:5:34: error: role "a" is both abstract and implicit: an abstract role is never bound, an implicit one is bound by itself (remove one of the two)',
    ],
  ],
  [
    'a destructive role that retries itself',
    role('flags: [destructive]', 'retry: { max: 2 }'),
    [
      'barclamp.yml:4:10: warning: role "a" is destructive and its jig does nothing (remove the flag, or use another jig)',
      'barclamp.yml:6:5: error: role "a" is destructive and would be retried by itself (remove "retry")',
    ],
  ],
  [
    'a role that conflicts with its parent',
    role('requires: [b]', 'conflicts: [b]'),
    ['barclamp.yml:6:17: error: role "a" conflicts with "b", which it requires (remove one of the two lines)'],
  ],
  [
    'a role that provides itself',
    role('provides: [a]'),
    ['barclamp.yml:5:16: error: role "a" provides itself (leave it out)'],
  ],
  [
    'a role that wants its own attribute',
    role('wants-attribs: [b]', 'attribs: [{ name: b, schema: true }]'),
    [
      'barclamp.yml:5:21: error: role "a" wants its own attribute "b" (leave it out: a run gets the attributes of its role anyway)',
    ],
  ],
  [
    'an attribute wanted twice',
    role('wants-attribs: [b, { name: b, at: c }]'),
    ['barclamp.yml:5:32: error: role "a" wants "b" twice, first in line 5 (remove one of the two)'],
  ],
  [
    'two wanted attributes in one place',
    role('wants-attribs: [b, { name: c, at: b }]'),
    [
      'barclamp.yml:5:39: error: role "a" puts two wanted attributes at "b", first in line 5 (give one of them another "at")',
    ],
  ],
  [
    'a script role without a script',
    'name: x\nroles:\n  - name: a\n    jig: script\n',
    [
      'barclamp.yml:4:10: error: role "a" uses the script jig and has no script (add roles/a/10-a.sh, or write "jig: noop")',
    ],
  ],
  [
    'a role that requires itself',
    role('requires: [a]'),
    ['barclamp.yml:5:16: error: these roles wait for each other: a → a (remove one of: a requires a (barclamp.yml:5))'],
  ],
  [
    'both forms at once',
    'name: x\nbarclamp: { name: x }\n',
    [
      'barclamp.yml:2:1: error: the file has both "name:" at the top and a "barclamp:" block (keep "name:" for Anneal\'s form, or the block for the original\'s)',
    ],
  ],
];

describe('a malformed barclamp', () => {
  it.each(MALFORMED)('with %s is refused at the line where it is wrong', (_, document, said) => {
    expect(lines(yaml(document))).toEqual(said);
  });

  it('is told everything that is wrong at once', () => {
    const found = lines(
      yaml('name: x\nverson: 1\nroles:\n  - name: a\n    jig: 7b\n    flags: [implicit, nonsense]\n'),
    );
    expect(found.map((line) => line.split(' ')[0])).toEqual([
      'barclamp.yml:2:1:',
      'barclamp.yml:5:10:',
      'barclamp.yml:6:23:',
    ]);
  });

  it('with ten thousand mistakes is told the first hundred, and how many more there are', () => {
    const found = lines(yaml(`name: x\n${Array.from({ length: 10_000 }, (_, i) => `key_${i}: 1`).join('\n')}\n`));
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toContain('error: 9900 more problems are not listed');
  });
});

describe('a circle of roles', () => {
  const circle = (a: string, b: string, c: string): string =>
    [
      'name: x',
      'roles:',
      '  - name: a',
      '    jig: noop',
      a,
      '  - name: b',
      '    jig: noop',
      b,
      '  - name: c',
      '    jig: noop',
      c,
    ].join('\n');

  it('through requirements is printed with the line of each', () => {
    expect(lines(yaml(circle('    requires: [b]', '    requires: [c]', '    requires: [a]')))).toEqual([
      'barclamp.yml:5:16: error: these roles wait for each other: a → b → c → a (remove one of: a requires b (barclamp.yml:5); b requires c (barclamp.yml:8); c requires a (barclamp.yml:11))',
    ]);
  });

  it('through attaching, preceding and wanting is found as well', () => {
    const wanting = '    wants-attribs: [k]\n    attribs: [{ name: w, schema: true }]';
    const [found] = lines(
      yaml(
        circle('    attaches: [b]\n    attribs: [{ name: k, schema: true }]', '    preceeds: [c]', '    attaches: [a]'),
      ),
    );
    expect(found).toContain('these roles wait for each other: b → a → c → b');
    expect(found).toContain('c attaches a');
    const [wanted] = lines(
      yaml(circle('    requires: [b]\n    attribs: [{ name: k, schema: true }]', wanting, '    flags: []')),
    );
    expect(wanted).toContain('these roles wait for each other: a → b → a');
    expect(wanted).toContain('b wants k of a (barclamp.yml:9)');
  });

  it('through the client role of a jig is found as well', () => {
    const document =
      'name: x\njigs: [{ name: j, client_role: b }]\nroles:\n  - { name: a, jig: j }\n  - { name: b, jig: noop, requires: [a] }\n';
    expect(lines(yaml(document))[0]).toContain('a uses the jig j, whose client is b');
  });

  it('is reported once a knot, not once a role', () => {
    const knot = ['a', 'b', 'c', 'd']
      .map((name) => `  - { name: ${name}, jig: noop, requires: [a, b, c, d] }`)
      .join('\n');
    expect(lines(yaml(`name: x\nroles:\n${knot}\n`))).toHaveLength(1);
  });

  it('that spans two barclamps is found when they are loaded together, and only then', () => {
    const one = { folder: 'one', files: yaml('name: one\nroles: [{ name: a, jig: noop, requires: [b] }]\n') };
    const two = { folder: 'two', files: yaml('name: two\nroles: [{ name: b, jig: noop, requires: [a] }]\n') };
    expect(loadBarclamp(one.files)).toHaveProperty('document');
    const together = loadTogether([one, two]);
    expect('problems' in together && together.problems.map(describeProblem)).toEqual([
      'one/barclamp.yml:2:42: error: these roles wait for each other: a → b → a (remove one of: a requires b (one/barclamp.yml:2); b requires a (two/barclamp.yml:2))',
    ]);
  });
});

describe('names that are known to the system', () => {
  const known: Known = {
    roles: { 'network-admin': 'network' },
    attribs: { 'dns-domain': 'dns' },
    jigs: ['noop', 'script'],
  };

  it('resolve without a word', () => {
    expect(lines(yaml(role('requires: [network-admin]', 'wants-attribs: [dns-domain]')), known)).toEqual([]);
  });

  it('are suggested for names that resolve to nothing, which is a warning and no error', () => {
    const files = yaml(role('requires: [networkadmin]', 'wants-attribs: [dns-domian]').replace('noop', 'nop'));
    expect(loadBarclamp(files, { known })).toHaveProperty('document');
    expect(lines(files, known)).toEqual([
      'barclamp.yml:4:10: warning: role "a" uses the jig "nop", which is not here: it cannot be bound before it is (did you mean "noop"?)',
      'barclamp.yml:5:16: warning: role "a" requires "networkadmin", which no barclamp has yet: it cannot be bound before one does (did you mean "network-admin"?)',
      'barclamp.yml:6:21: warning: role "a" wants the attribute "dns-domian", which nobody owns yet: it cannot be bound before somebody does (did you mean "dns-domain"?)',
    ]);
  });

  it('cannot be taken by another barclamp', () => {
    const files = yaml(
      'name: x\nroles: [{ name: network-admin, jig: noop }]\nattribs: [{ name: dns-domain, schema: true }]\n',
    );
    expect(lines(files, known)).toEqual([
      'barclamp.yml:2:17: error: the role "network-admin" belongs to the barclamp "network" (rename it)',
      'barclamp.yml:3:19: error: the attribute "dns-domain" belongs to the barclamp "dns" (rename it)',
    ]);
  });

  it('can be given again by the barclamp that owns them', () => {
    expect(
      loadBarclamp(yaml('name: network\nroles: [{ name: network-admin, jig: noop }]\n'), { known }),
    ).toHaveProperty('document');
  });

  it('are not looked up when nobody says what is known', () => {
    expect(lines(yaml(role('requires: [nobody]')))).toEqual([]);
  });
});

describe('the files of a barclamp', () => {
  const script = yaml('name: x\nroles: [{ name: web, jig: script }]\n');
  const file = (path: string, content = 'true\n'): CatalogFile => ({ path, content });

  it('go to their roles, sorted, with whatever line ends they have', () => {
    const result = loadBarclamp([
      ...script,
      file('roles/web/20-b.sh', 'true\r\n'),
      file('roles/web/10-a.sh', 'true'),
      file('roles/web/pages/index.html'),
    ]);
    expect('document' in result && result.document.roles[0]?.files).toEqual([
      { path: '10-a.sh', content: 'true' },
      { path: '20-b.sh', content: 'true\r\n' },
      { path: 'pages/index.html', content: 'true\n' },
    ]);
  });

  it('are left behind with a warning when they belong to no role', () => {
    expect(
      lines([
        ...script,
        file('roles/web/10-a.sh'),
        file('README.md'),
        file('roles/wbe/10-a.sh'),
        file('roles/loose.sh'),
      ]),
    ).toEqual([
      'README.md:1:1: warning: this file belongs to no role and is not imported (files of a role lie in roles/<role>/)',
      'roles/loose.sh:1:1: warning: this file belongs to no role and is not imported (files of a role lie in roles/<role>/)',
      'roles/wbe/10-a.sh:1:1: warning: this file is for a role "wbe" that the barclamp does not have, and is not imported (did you mean "web"?)',
    ]);
  });

  it.each([
    ['roles/web/../../../etc/passwd', 'it leads out of the folder'],
    ['/etc/passwd', 'it is absolute'],
    ['roles\\web\\a.sh', 'it has a backslash'],
    ['roles/web//a.sh', 'it has an empty part'],
    ['roles/web/a\nb.sh', 'it has a control character'],
    ['barclamp.yml', 'it is there twice'],
    [`roles/web/${'a'.repeat(300)}`, 'it is longer than 255 characters'],
  ])('are refused as a whole when one is named %j', (path, why) => {
    const found = lines([...script, file(path)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`error: the file name is refused: ${why}`);
  });

  it('are refused when one is too large or not text', () => {
    expect(lines([...script, file('roles/web/10-a.sh', 'x'.repeat(262_145))])[0]).toContain(
      '262145 bytes, at most 262144',
    );
    expect(lines([...script, file('roles/web/10-a.sh', 'a\0b')])[0]).toContain('this file is not text');
    expect(lines(yaml(`name: x\ndescription: ${'y'.repeat(1024 * 1024)}\n`))[0]).toContain('larger than 1048576 bytes');
  });

  it('may name the only YAML file as they like, and must have one', () => {
    expect(loadBarclamp([{ path: 'ntp.yml', content: 'name: ntp' }])).toHaveProperty('document.name', 'ntp');
    expect(lines([file('roles/web/10-a.sh')])).toEqual([
      'barclamp.yml:1:1: error: there is no barclamp.yml (put it at the top of the folder or archive)',
    ]);
    expect(lines([])).toHaveLength(1);
    expect(
      lines([
        { path: 'a.yml', content: 'name: a' },
        { path: 'b.yml', content: 'name: b' },
      ])[0],
    ).toContain('both a.yml and b.yml could be the barclamp');
  });
});

describe('a document that costs more than it says', () => {
  it.each([
    [
      'aliases of aliases',
      `name: x\na: &a [1,1,1,1,1,1,1,1,1,1]\n${'bcdefghi'
        .split('')
        .map((k, i) => `${k}: &${k} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
        .join('\n')}\n`,
      /aliases/,
    ],
    ['an alias that holds itself', 'name: x\na: &a [*a]\n', /nested more than 64 deep|stands for nothing/],
    [
      'more keys than anybody reads',
      `name: x\n${Array.from({ length: 90_000 }, (_, i) => `k${i}: 1`).join('\n')}\n`,
      /has no key "k0"/,
    ],
    ['brackets without end', `name: x\na: ${'['.repeat(200_000)}`, /nested more than 64 deep|error/],
    ['dashes without end', `name: x\na:\n ${'- '.repeat(100_000)}1\n`, /nested more than 64 deep/],
  ])('through %s is refused in good time', (_, document, message) => {
    const began = performance.now();
    const found = lines(yaml(document));
    expect(found[0]).toMatch(message);
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it('through a list of 501 roles is refused', () => {
    const roles = Array.from({ length: 501 }, (_, i) => `  - { name: r${i}, jig: noop }`).join('\n');
    expect(lines(yaml(`name: x\nroles:\n${roles}\n`))).toEqual([
      'barclamp.yml:3:3: error: "roles" of the barclamp has 501 items (split it: at most 500 are read)',
    ]);
  });
});

describe('a good barclamp', () => {
  const text = `
name: site
display: Our site
version: 2.0
parent: crowbar
source_url: https://example.com/site
license: MIT
requires: [network]
jigs:
  - { name: webhook, description: Calls a service., client_role: agent }
attribs:
  - { name: rack, description: Where it stands., schema: { type: string } }
roles:
  - name: web
    description: Serves.
    jig: script
    flags: [milestone, cluster]
    requires: [network-admin, network-admin]
    wants-attribs: [rack, { name: dns-domain, at: names/domain }]
    provides: [page-source]
    conflicts: [mail]
    attaches: [balancer]
    preceeds: [monitor]
    attribs:
      - { name: web-port, map: web/port, schema: { type: integer }, default: 80, order: 3, ui_renderer: port }
      - { name: web-key, schema: { type: string }, secret: true, generate: { length: 32, alphabet: hex } }
      - { name: web-note }
    outputs:
      - { name: web-address, schema: { type: string, format: ipv4 } }
    on_error: descendants
    on_rerun_failure: block
    retry: { max: 3, backoff_seconds: 1.5, exit_codes: [7] }
    timeout_seconds: 90
    priority: 5
    template: { web: { port: 8080 } }
    events:
      - { on: node.*, do: rerun }
      - { on: deployment.committed, do: webhook, url: "https://example.com/hook", deadline_seconds: 3 }
    notes: Ask Ann.
    documentation: |
      Long.
`;
  const files = [...yaml(text), { path: 'roles/web/10-web.sh', content: 'true\n' }];

  it('becomes a document with every default filled in', () => {
    const result = loadBarclamp(files);
    expect('document' in result && { ...result.document, digest: '' }).toEqual({
      name: 'site',
      display: 'Our site',
      description: '',
      version: '2.0',
      parent: 'crowbar',
      sourceUrl: 'https://example.com/site',
      license: 'MIT',
      requires: ['network'],
      jigs: [{ name: 'webhook', description: 'Calls a service.', clientRole: 'agent' }],
      attribs: [
        {
          name: 'rack',
          description: 'Where it stands.',
          map: 'rack',
          schema: { type: 'string' },
          writable: true,
          order: 0,
          kind: 'input',
        },
      ],
      format: 'anneal',
      digest: '',
      roles: [
        {
          name: 'web',
          description: 'Serves.',
          jig: 'script',
          flags: ['milestone', 'cluster'],
          requires: ['network-admin'],
          wants: [{ attrib: 'rack' }, { attrib: 'dns-domain', at: 'names/domain' }],
          provides: ['page-source'],
          conflicts: ['mail'],
          attaches: ['balancer'],
          preceeds: ['monitor'],
          attribs: [
            {
              name: 'web-port',
              description: '',
              map: 'web/port',
              schema: { type: 'integer' },
              default: 80,
              writable: true,
              order: 3,
              uiRenderer: 'port',
              kind: 'input',
            },
            {
              name: 'web-key',
              description: '',
              map: 'web-key',
              schema: { type: 'string' },
              writable: true,
              secret: true,
              generate: { length: 32, alphabet: 'hex' },
              order: 0,
              kind: 'input',
            },
            {
              name: 'web-note',
              description: '',
              map: 'web-note',
              schema: null,
              writable: false,
              order: 0,
              kind: 'input',
            },
          ],
          outputs: [
            {
              name: 'web-address',
              description: '',
              map: 'web-address',
              schema: { type: 'string', format: 'ipv4' },
              writable: false,
              order: 0,
              kind: 'output',
            },
          ],
          onError: 'descendants',
          onRerunFailure: 'block',
          retry: { max: 3, backoffSeconds: 1.5, exitCodes: [7] },
          timeoutSeconds: 90,
          priority: 5,
          template: { web: { port: 8080 } },
          files: [{ path: '10-web.sh', content: 'true\n' }],
          events: [
            { on: 'node.*', do: 'rerun', deadlineSeconds: 10 },
            { on: 'deployment.committed', do: 'webhook', url: 'https://example.com/hook', deadlineSeconds: 3 },
          ],
          notes: 'Ask Ann.',
          documentation: 'Long.\n',
        },
      ],
    });
  });

  it('may say how the layers of an attribute come together', () => {
    const schema = (merge: string): string =>
      role(`attribs: [{ name: b, schema: { type: array, x-merge: ${merge} } }]`);
    expect(lines(yaml(schema('append')))).toEqual([]);
    expect(lines(yaml(schema('apend')))).toEqual([
      expect.stringContaining('barclamp.yml:5:49: error: the schema of the attribute "b" cannot be used'),
    ]);
  });

  it('survives JSON unchanged', () => {
    const result = loadBarclamp(files);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('has a digest that follows what is used and nothing else', () => {
    const digest = (given: CatalogFile[]): string => {
      const result = loadBarclamp(given);
      return 'document' in result ? result.document.digest : 'broken';
    };
    const first = digest(files);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(digest([...files].reverse())).toBe(first);
    expect(digest([...files, { path: 'README.md', content: 'x' }])).toBe(first);
    expect(digest([files[0]!, { path: 'roles/web/10-web.sh', content: 'false\n' }])).not.toBe(first);
    expect(digest([files[0]!, { path: 'roles/web/11-web.sh', content: 'true\n' }])).not.toBe(first);
  });
});

describe('barclamps that are loaded together', () => {
  const source = (name: string, rest = ''): { folder: string; files: CatalogFile[] } => ({
    folder: name,
    files: yaml(`name: ${name}\n${rest}`),
  });

  it('come in an order in which each finds what it requires', () => {
    const result = loadTogether([source('c', 'requires: [b]\n'), source('b', 'parent: a\n'), source('a')]);
    expect('documents' in result && result.documents.map((document) => document.name)).toEqual(['a', 'b', 'c']);
  });

  it('may not own the same role twice', () => {
    const roles = 'roles: [{ name: r, jig: noop }]\n';
    const result = loadTogether([source('a', roles), source('b', roles)]);
    expect('problems' in result && result.problems.map((problem) => problem.code)).toEqual(['taken', 'taken']);
  });
});
