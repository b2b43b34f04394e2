import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOf } from '../base/ids.js';
import { isRefusal } from '../base/refusal.js';
import type { ViewMachine } from '../boot-view/document.js';
import { matches, MATCHER_TERMS_MAX, parseMatcher, type NamedAddress } from './matcher.js';
import { parseTemplate, renderName } from './template.js';

const machine: ViewMachine = {
  node: idOf('0193c1a0-0000-7000-8000-000000000001'),
  name: 'd1.example.com',
  deployment: 'Site 1',
  roles: ['dns-server', 'ntp'],
  macs: ['52:54:00:00:00:01'],
  uuid: null,
  addresses: [],
  bootenv: 'local',
  secureBoot: false,
  params: { rack: 7, place: { row: 'b' } },
};
const address: NamedAddress = { machine, network: 'admin_net', category: 'admin', range: 'host' };

const holds = (text: string): boolean => {
  const matcher = parseMatcher(text);
  if (isRefusal(matcher)) throw new Error(matcher.detail);
  return matches(matcher, address);
};

describe('a matcher', () => {
  it.each([
    ['', true],
    ['net.category == "admin"', true],
    ['net.category=="admin",node.role has "ntp"', true],
    ['net.category == "admin", node.role has "web"', false],
    ['net.name == "admin_net"', true],
    ['range.name == "dhcp"', false],
    ['deployment.name == "Site 1"', true],
    ['node.attr.rack == "7"', true],
    ['node.attr.place.row == "b"', true],
    ['node.attr.place == "b"', false],
    ['node.attr.constructor == "x"', false],
    ['  net.name  ==  "admin_net" ,\n range.name == "host"  ', true],
  ])('holds when all its terms do: %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  it.each([
    ['net.category = "admin"', 14, '== after net.category'],
    ['net.colour == "red"', 1, 'there is no "net.colour"'],
    ['node.role == "web"', 11, 'has after node.role'],
    ['net.name == admin', 13, 'double quotes'],
    ['net.name == "admin', 13, 'double quotes'],
    ['net.name == "a" or net.name == "b"', 17, 'a comma'],
    ['net.name == "a",', 17, 'another term'],
    ['node.attr == "x"', 1, 'node.attr.NAME'],
  ])('that cannot be read says where and why: %s', (text, at, says) => {
    const refused = parseMatcher(text);
    expect(refused).toMatchObject({ refused: true, code: 'invalid', fields: { at } });
    expect(isRefusal(refused) && refused.detail).toContain(says);
  });

  it('has an end to its terms', () => {
    const term = 'net.name == "a"';
    expect(isRefusal(parseMatcher(Array(MATCHER_TERMS_MAX).fill(term).join(',')))).toBe(false);
    expect(
      parseMatcher(
        Array(MATCHER_TERMS_MAX + 1)
          .fill(term)
          .join(','),
      ),
    ).toMatchObject({ code: 'too-large' });
  });

  it('finds any value that was put into quotes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (value) => {
        const matcher = parseMatcher(`net.name == "${value.replace(/["\\]/g, '\\$&')}"`);
        expect(!isRefusal(matcher) && matches(matcher, { ...address, network: value })).toBe(true);
      }),
    );
  });

  it('never throws, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseMatcher(text);
      }),
    );
  });
});

describe('a template', () => {
  const rendered = (text: string): string => {
    const template = parseTemplate(text);
    if (isRefusal(template)) throw new Error(template.detail);
    return renderName(template, address, 'd1');
  };

  it.each([
    ['{{node.name}}', 'd1'],
    ['{{ node.name }}.{{network.name}}', 'd1.admin-net'],
    ['{{node.mac}}', '52-54-00-00-00-01'],
    ['{{node.id}}', '0193c1a0-0000-7000-8000-000000000001'],
    ['{{node.name}}-{{node.deployment}}', 'd1-site-1'],
    ['{{network.range}}.{{network.category}}.Racks', 'host.admin.racks'],
    ['www', 'www'],
  ])('makes a name: %s → %s', (text, name) => {
    expect(rendered(text)).toBe(name);
  });

  it.each([
    ['{{node.colour}}', 'there is no token "node.colour"'],
    ['{{node.name}', 'outside of {{…}}'],
    ['a b', 'outside of {{…}}'],
    ['*.{{node.name}}', 'outside of {{…}}'],
    ['', 'begin with {{node.name}}'],
  ])('that cannot be read says why: %s', (text, says) => {
    const refused = parseTemplate(text);
    expect(isRefusal(refused) && refused.detail).toContain(says);
  });
});
