import { ApiProblem } from '../client/problem.js';
import type { Client } from '../client/client.js';
import type { RouteId } from '../client/route.js';
import { parseAssignments, parseValue } from '../command/assignments.js';
import { leaf, type Declare } from '../command/leaf.js';
import { usage } from '../exit.js';
import { byFields } from '../output/printer.js';
import { ATTRIB_VALUE_LOOK } from '../resource/looks.js';
import { declareNoun } from '../resource/noun.js';

/** What has attributes, and the words for it; the first is shown in the help. */
const OWNERS = {
  nodes: ['node', 'nodes'],
  roles: ['role', 'roles'],
  node_roles: ['node-role', 'node-roles', 'noderole', 'noderoles'],
  deployment_roles: ['deployment-role', 'deployment-roles'],
} as const;
type Owner = keyof typeof OWNERS;

const WHAT_SAYS = 'Of what: node/NAME, role/NAME, role@node, or role@deployment.';

/** `anneal attribs`: the values that roles work with, where each comes from, and setting them. */
export const declare: Declare = (program, terminal) => {
  const attribs = declareNoun(program, terminal, {
    name: 'attribs',
    aliases: ['attrib'],
    summary: 'Values that roles work with',
    one: 'attribute',
    key: 'attrib',
    tag: 'attribs',
    showAliases: ['describe'],
    look: {
      columns: [
        { field: 'name' },
        { field: 'role' },
        { field: 'kind' },
        { field: 'writable' },
        { field: 'secret' },
        { field: 'default', wide: true },
        { field: 'map', wide: true },
        { field: 'description' },
      ],
      nameOf: byFields('name'),
    },
    examples: { list: ['anneal attribs list --filter \'role eq "web-server"\''] },
  });

  leaf(attribs, terminal, {
    usage: 'get <what> [attrib]',
    summary: 'show the values of something, and where they come from',
    says: `${WHAT_SAYS} With an attribute, its value alone is printed. Secrets are hidden.`,
    examples: ['anneal attribs get web-server@node-1.example.test', 'anneal attribs get web-server@web web-port'],
    run: async ({ client, printer, progress }, [what, attrib]) => {
      if (attrib === undefined) {
        const { body } = await ask<{ items: Record<string, unknown>[] }>(client, String(what), 'attribs', {});
        return await printer.list(body.items.map(withOrigin), ATTRIB_VALUE_LOOK);
      }
      const { body } = await ask<Record<string, unknown>>(client, String(what), 'attrib', { attrib: String(attrib) });
      if (printer.format === 'wide') return await printer.one(withOrigin(body), ATTRIB_VALUE_LOOK);
      if (printer.isData) return await printer.document(body);
      if (body['is_set'] !== true) return progress.line(`${String(attrib)} is not set`);
      printer.lines([typeof body['value'] === 'string' ? body['value'] : JSON.stringify(body['value'])]);
    },
  });

  leaf(attribs, terminal, {
    usage: 'set <what> <attrib=value...>',
    summary: 'set values',
    says: `${WHAT_SAYS} A value is JSON where it is JSON, else text. What is set for a noderole or a deployment role counts with the next commit.`,
    examples: [
      'anneal attribs set web-server@web web-port=8080',
      'anneal attribs set node/node-1.example.test rack=r3',
    ],
    run: async ({ client, printer, progress }, [what, given]) => {
      const set: Record<string, unknown>[] = [];
      for (const text of given as readonly string[]) {
        // Names of attributes hold no dots that would lead anywhere: what stands before the first = is the name.
        const at = text.indexOf('=');
        if (at <= 0) parseAssignments([text]);
        const { body } = await ask<AttribSet>(
          client,
          String(what),
          'setAttrib',
          { attrib: text.slice(0, at) },
          { value: parseValue(text.slice(at + 1)) },
        );
        progress.line(told(body));
        set.push(withOrigin(body.attrib));
      }
      await printer.list(set, ATTRIB_VALUE_LOOK);
    },
  });

  leaf(attribs, terminal, {
    usage: 'unset <what> <attrib...>',
    summary: 'take values away, so that those of lower layers show again',
    says: WHAT_SAYS,
    run: async ({ client, printer, progress }, [what, given]) => {
      const left: Record<string, unknown>[] = [];
      for (const attrib of given as readonly string[]) {
        const { body } = await ask<AttribSet>(client, String(what), 'unsetAttrib', { attrib });
        progress.line(told(body));
        left.push(withOrigin(body.attrib));
      }
      await printer.list(left, ATTRIB_VALUE_LOOK);
    },
  });
};

interface AttribSet {
  readonly changed: boolean;
  readonly counts: 'now' | 'at-commit';
  readonly attrib: Record<string, unknown>;
}

const told = ({ changed, counts, attrib }: AttribSet): string =>
  `${String(attrib['name'])}: ${changed ? (counts === 'now' ? 'counts now' : 'counts with the next commit') : 'is so already'}`;

/** Asks whoever is meant; `role@x` may be a noderole or a deployment role, and the second is asked when there is no first. */
const ask = async <Body>(
  client: Client,
  what: string,
  verb: string,
  params: Record<string, string>,
  body?: unknown,
) => {
  const { owners, key } = parseOwner(what);
  for (const [index, owner] of owners.entries()) {
    try {
      return await client.send<Body>(`${owner}.${verb}` as RouteId, {
        params: { key, ...params },
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      const other =
        error instanceof ApiProblem && error.status === 404 && index < owners.length - 1 && error.fields['key'] === key;
      if (!other) throw error;
    }
  }
  throw new Error('every owner has a collection');
};

const parseOwner = (what: string): { owners: readonly Owner[]; key: string } => {
  const slash = what.indexOf('/');
  if (slash < 0) {
    if (what.includes('@')) return { owners: ['node_roles', 'deployment_roles'], key: what };
    throw usage(`${what} does not say what it is.`, WHAT_SAYS);
  }
  const [word, key] = [what.slice(0, slash).toLowerCase(), what.slice(slash + 1)];
  const owner = (Object.keys(OWNERS) as Owner[]).find((each) => (OWNERS[each] as readonly string[]).includes(word));
  if (!owner || key === '') throw usage(`${what} has no attributes.`, WHAT_SAYS);
  return { owners: [owner], key };
};

/** The winning layer in words, beside the whole list that a program reads. */
const withOrigin = (value: Record<string, unknown>): Record<string, unknown> => {
  const [first] = (value['provenance'] ?? []) as readonly { layer: string; object: string }[];
  return { ...value, origin: first ? `${first.object} (${first.layer})` : null };
};
