import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiquidRenderer } from './liquid-renderer.js';
import { sha512Crypt } from './sha512-crypt.js';

const renderer = new LiquidRenderer();
const render = (source: string, values = {}) => renderer.render(source, values);

describe('a template', () => {
  it('is rendered from the values that it is given, without escaping them', () => {
    expect(
      render('{{ node.name }} & {% for a in list %}[{{ a }}]{% endfor %}', { node: { name: '<n1>' }, list: [1, 2] }),
    ).toEqual({
      text: '<n1> & [1][2]',
    });
  });

  it('faults on a variable that is not there, with its line and column', () => {
    expect(render('first\n  {{ node.serial }}', { node: { name: 'n1' } })).toMatchObject({
      fault: { line: 2, column: 6, message: expect.stringContaining('node.serial') },
    });
  });

  it('may ask for what is not there, and give something else', () => {
    expect(
      render('{% if node.serial %}yes{% else %}no{% endif %}{{ node.serial | default: "-" }}', { node: {} }),
    ).toEqual({
      text: 'no-',
    });
  });

  it('faults on filters and tags that do not exist, before it is ever rendered', () => {
    expect(renderer.faults('a\n{{ x | shout }}')).toMatchObject([
      { line: 2, message: expect.stringContaining('shout') },
    ]);
    expect(renderer.faults('{% if %')).toHaveLength(1);
    expect(renderer.faults('{{ x | upcase }}')).toEqual([]);
  });

  it('reaches neither other templates nor the disk', () => {
    for (const source of ["{% include '/etc/passwd' %}", "{% render '/etc/passwd' %}", "{% layout 'x' %}"])
      expect(renderer.faults(source), source).toHaveLength(1);
  });

  it('reaches no code through its values', () => {
    for (const path of ['constructor', '__proto__', 'name.constructor', 'list.constructor.constructor'])
      expect(render(`{{ ${path} }}`, { name: 'n1', list: [] }), path).toHaveProperty('fault');
  });

  it('ends when it runs for too long or grows too large', () => {
    const before = performance.now();
    expect(render('{% for i in (1..100000000) %}x{% endfor %}')).toHaveProperty('fault');
    expect(
      render('{% for i in (1..5000) %}{% for j in (1..5000) %}{{ i | times: j }}{% endfor %}{% endfor %}'),
    ).toHaveProperty('fault');
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(renderer.faults('x'.repeat(300_000))).toHaveLength(1);
  });
});

describe('a filter', () => {
  it('quotes for a shell so that the shell reads back what was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), (word) => {
        const { text } = render('{{ word | shell_quote }}', { word }) as { text: string };
        expect(execFileSync('sh', ['-c', `printf %s ${text}`], { encoding: 'utf8' })).toBe(word);
      }),
      { numRuns: 25, seed: 1 },
    );
    expect(render('{{ words | shell_quote }}', { words: ['a b', "c'd"] })).toEqual({ text: `'a b' 'c'\\''d'` });
  });

  it('writes JSON and YAML, moved to the right where asked', () => {
    const values = { v: { a: [1, 'x: y'], b: null } };
    expect(render('{{ v | json }}', values)).toEqual({ text: '{"a":[1,"x: y"],"b":null}' });
    expect(render('v:\n  {{ v | yaml | indent: 2 }}', values)).toEqual({
      text: 'v:\n  a:\n    - 1\n    - "x: y"\n  b: null',
    });
  });

  it('hashes a password as the description of SHA-crypt says', () => {
    // As crypt(3) and `openssl passwd -6` answer.
    for (const [password, salt, hash] of [
      [
        'Hello world!',
        'saltstring',
        'svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
      ],
      ['x', 'abcdefgh', 'D7W7qyozKBT.t6FD3DVYHvADbIO0eSyI4.p20LaEUjro8PqTGYYo/EQcuNjhFbzo9Yg5ir1KIEqFY/yJpgFph0'],
      [
        'a much longer password, of more than sixty-four characters, to be stretched over and over',
        '0123456789abcdef',
        'sxkSeTzOaHwL6JAER9vHEcMc7tT3IMGqQKY.mH1wNmOQ4CNbidiT/LVGHrsKflzMOZPlyX.nq8ofduu8Z3qBM0',
      ],
    ] as const)
      expect(sha512Crypt(password, salt)).toBe(`$6$${salt}$${hash}`);
    expect(render('{{ p | crypt: "saltstring" }}', { p: 'x' })).toHaveProperty('text');
    expect(render('{{ p | crypt }}', { p: 'x' })).toMatchObject({
      fault: { message: expect.stringContaining('salt') },
    });
  });

  it('refuses what it cannot write', () => {
    expect(render('{{ v | shell_quote }}', { v: null })).toHaveProperty('fault');
    expect(render('{{ v | indent: 900 }}', { v: 'x' })).toHaveProperty('fault');
  });
});
