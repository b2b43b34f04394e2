import { describe, expect, it } from 'vitest';
import { maskOf, maskOfInput } from './mask-secrets.js';

describe('a mask', () => {
  it('takes every secret out of a line, wherever it stands', () => {
    const mask = maskOf(['hunter2', 'opensesame']);
    expect(mask('user=root password=hunter2,hunter2 other=opensesame!')).toBe(
      'user=root password=(hidden),(hidden) other=(hidden)!',
    );
    expect(mask('nothing to see')).toBe('nothing to see');
  });

  it('takes out the longer of two where one is a part of the other', () => {
    expect(maskOf(['secret', 'secret-of-secrets'])('a secret-of-secrets b secret')).toBe('a (hidden) b (hidden)');
  });

  it.each([
    ["+ PASSWORD='it'\\''s $HOME'", "it's $HOME", "+ PASSWORD='(hidden)'"],
    [String.raw`+ echo $'it\'s\there'`, "it's\there", String.raw`+ echo $'(hidden)'`],
    [String.raw`{"password":"say \"so\""}`, 'say "so"', '{"password":"(hidden)"}'],
    ['GET /?key=a%26b%2Fc', 'a&b/c', 'GET /?key=(hidden)'],
    ['as it is: a.b*c[d]$', 'a.b*c[d]$', 'as it is: (hidden)'],
  ])('knows it in %s', (line, secret, masked) => {
    expect(maskOf([secret])(line)).toBe(masked);
  });

  it('knows each line of a secret of several, and the whole of it in one', () => {
    const key = '-----BEGIN KEY-----\nQUJDREVG\nR0hJSktM\n-----END KEY-----\n';
    const mask = maskOf([key]);
    expect(mask('QUJDREVG')).toBe('(hidden)');
    expect(mask(JSON.stringify({ key }))).toBe('{"key":"(hidden)"}');
  });

  it('looks into lists and maps, and hides numbers', () => {
    expect(maskOf([{ users: [{ name: 'root', pin: 4711 }] }])('root has 4711')).toBe('(hidden) has (hidden)');
  });

  it('leaves what is too short to be told from ordinary words', () => {
    expect(maskOf(['a', true, null, ''])('a line as any other')).toBe('a line as any other');
  });

  it('is made of the attributes that a staged input calls secret', () => {
    const input = { attribs: { password: 'hunter2', port: 8080 }, secrets: ['password', 'absent'] };
    expect(maskOfInput(input)('hunter2 at 8080')).toBe('(hidden) at 8080');
    expect(maskOfInput({ attribs: { password: 'hunter2' } })('hunter2')).toBe('hunter2');
  });
});
