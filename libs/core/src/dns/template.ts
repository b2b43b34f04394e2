import { refuse, type Refusal } from '../base/refusal.js';
import type { NamedAddress } from './matcher.js';

/**
 * How a name filter makes a name: text with tokens, `{{node.name}}.{{network.name}}`. Tokens are replaced and nothing
 * else: no conditions, no loops. Whatever a host name cannot hold becomes a hyphen; a dot stays only in `node.name`.
 */

export const TEMPLATE_TOKENS = [
  'node.name',
  'node.id',
  'node.mac',
  'node.deployment',
  'network.name',
  'network.range',
  'network.category',
] as const;
export type TemplateToken = (typeof TEMPLATE_TOKENS)[number];

export type NameTemplate = readonly (string | { readonly token: TemplateToken })[];

/** Longest template, in characters: that of a domain name. */
export const TEMPLATE_LENGTH_MAX = 255;

/** Reads a template, or says what is wrong with it. */
export const parseTemplate = (text: string): NameTemplate | Refusal => {
  if (text.length > TEMPLATE_LENGTH_MAX)
    return refuse('too-large', `a template has at most ${TEMPLATE_LENGTH_MAX} characters.`, { field: 'template' });
  const parts: (string | { readonly token: TemplateToken })[] = [];
  let at = 0;
  for (const match of text.matchAll(/\{\{([^{}]*)\}\}/g)) {
    const name = (match[1] as string).trim();
    const token = TEMPLATE_TOKENS.find((known) => known === name);
    if (!token) return wrong(`there is no token "${name}": use ${TEMPLATE_TOKENS.join(', ')}.`);
    if (match.index > at) parts.push(text.slice(at, match.index));
    parts.push({ token });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push(text.slice(at));
  const plain = parts.filter((part) => typeof part === 'string').join('');
  if (!/^[-.a-z0-9_]*$/i.test(plain))
    return wrong(
      `outside of {{…}} a template holds letters, digits, "-", "_" and "." alone: "${plain}" has something else.`,
    );
  if (parts.length === 0) return wrong('a template without anything in it makes no name: begin with {{node.name}}.');
  return parts;
};

/** The name that a template makes of an address; `shortName` is the machine's name without the zone. */
export const renderName = (template: NameTemplate, named: NamedAddress, shortName: string): string =>
  template
    .map((part) => (typeof part === 'string' ? part : valueOf(part.token, named, shortName)))
    .join('')
    .toLowerCase();

const valueOf = (
  token: TemplateToken,
  { machine, network, category, range }: NamedAddress,
  shortName: string,
): string => {
  switch (token) {
    case 'node.name':
      return shortName;
    case 'node.id':
      return machine.node;
    case 'node.mac':
      return label(machine.macs[0] ?? '');
    case 'node.deployment':
      return label(machine.deployment);
    case 'network.name':
      return label(network);
    case 'network.range':
      return label(range);
    case 'network.category':
      return label(category);
  }
};

const label = (text: string): string => text.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-+|-+$/g, '');

const wrong = (detail: string): Refusal => refuse('invalid', detail, { field: 'template' });
