import { routeOf, type RouteId } from '../client/route.js';
import { parseAssignments } from '../command/assignments.js';
import { readDocument } from '../command/read-file.js';
import type { Terminal } from '../command/terminal.js';
import { usage } from '../exit.js';

/** Where the fields of a new or changed thing come from: a document, and single fields over it. */
export interface BodyOptions {
  readonly set?: string[];
  readonly file?: string;
}

export const BODY_OPTIONS = [
  [
    '--set <field=value...>',
    'the same as the words field=value: JSON where it is JSON, else text; dots lead into objects',
  ],
  ['-f, --file <file>', 'a YAML or JSON document with the fields; - reads stdin'],
] as const;

/** The body that a command line describes. Refuses fields that the route does not have, and says which there are. */
export const readBody = async (
  route: RouteId,
  { set = [], file }: BodyOptions,
  terminal: Terminal,
  preset: Record<string, unknown> = {},
): Promise<Record<string, unknown>> => {
  const document = file === undefined ? {} : await readDocument(file, terminal);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw usage(`${file} holds no fields.`, 'It has to be an object: name: value.');
  const body = parseAssignments(set, { ...preset, ...(document as Record<string, unknown>) });
  const { body: known } = routeOf(route);
  const unknown = known ? Object.keys(body).filter((name) => !known.includes(name)) : [];
  if (unknown.length > 0)
    throw usage(`There is no field ${unknown.join(', ')} here.`, `There are ${known!.join(', ')}.`);
  return body;
};

/** For the help: what can be set. */
export const fieldsText = (route: RouteId): string => {
  const { body = [], required = [] } = routeOf(route);
  if (body.length === 0) return '';
  return `Fields: ${body.map((name) => (required.includes(name) ? `${name} (needed)` : name)).join(', ')}.`;
};
