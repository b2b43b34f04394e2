import { harmless } from '../output/cell.js';
import type { Palette } from '../output/colour.js';
import type { ValueChange } from './difference.js';
import type { Foreseen } from './foresee.js';
import { changesNothing, previewText } from './preview.js';

/** What would change, for a terminal: first what the file asks for, then what the server says would follow. */
export const foreseenText = ({ manifest, difference, preview, differs }: Foreseen, palette: Palette): string[] => {
  const name = harmless(manifest.name);
  if (!differs) return [`${name} is as the file says.`];
  const { create, as, move, changes, open } = difference;
  const fields = Object.entries(as).map(([field, value]) => `~ ${field}: ${harmless(String(value))}`);
  return [
    palette.bold(create ? palette.green(`+ deployment ${name}`) : `deployment ${name}`),
    ...fields.map(palette.yellow),
    ...move.map(({ node, from }) => palette.yellow(`~ ${harmless(node)} moves here from ${harmless(from)}`)),
    ...changes.map((change) => palette.yellow(changeText(change))),
    ...previewText(preview, palette),
    ...(open && !create && changesNothing(preview) ? ['. it is open for editing, and is committed as it is'] : []),
  ];
};

/** The same for a program. */
export const foreseenDocument = ({ manifest, difference, preview, differs }: Foreseen): Record<string, unknown> => ({
  deployment: manifest.name,
  differs,
  created: difference.create,
  fields: difference.as,
  move: difference.move,
  bind: difference.bind,
  unbind: difference.unbind,
  values: difference.changes.map(({ of, attrib, before, after }) => ({ of, attrib, before: before ?? null, after })),
  preview,
});

const changeText = ({ of, attrib, before, after }: ValueChange): string =>
  `~ ${harmless(of)} ${harmless(attrib)}: ${before === undefined ? '' : `${shown(before)} → `}${after === null ? '(none)' : shown(after)}`;

const shown = (value: unknown): string => harmless(typeof value === 'string' ? value : JSON.stringify(value));
