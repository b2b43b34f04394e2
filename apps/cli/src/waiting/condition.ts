import { parseValue } from '../command/assignments.js';
import { usage } from '../exit.js';

/** What is waited for. */
export type Condition =
  /** All that was wished for is active; for a run or a rollout: it has ended well. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'field'; readonly path: string; readonly value: unknown };

/** Reads `settled`, `deleted` or `field=value`, such as `state=active` or `alive=true`; dots lead into objects. */
export const parseCondition = (text: string): Condition => {
  if (text === 'settled') return { kind: 'settled' };
  if (text === 'deleted' || text === 'delete') return { kind: 'deleted' };
  const [, path, value] = /^([a-z][a-z0-9_.]*)=(.+)$/.exec(text) ?? [];
  if (path === undefined || value === undefined)
    throw usage(
      `--for ${text} is nothing to wait for.`,
      'Write --for settled, --for deleted, or a field and its value: --for state=active, --for alive=true.',
    );
  // States are written in capitals everywhere but in JSON.
  return { kind: 'field', path, value: /(^|[._])state$/.test(path) ? value.toLowerCase() : parseValue(value) };
};

export const conditionText = (condition: Condition): string =>
  condition.kind === 'field' ? `${condition.path}=${String(condition.value)}` : condition.kind;
