/**
 * Which events a hook hears of. A key that is absent matches everything; a pattern may end in `*`, which stands for any
 * rest: `node.*` hears of all that happens to nodes.
 */
export interface HookSelector {
  readonly kind?: string;
  readonly node?: string;
  readonly role?: string;
  readonly deployment?: string;
}

export const SELECTOR_KEYS = ['kind', 'node', 'role', 'deployment'] as const;

/** What a selector looks at. */
export type SelectedFacts = { readonly [Key in (typeof SELECTOR_KEYS)[number]]: string | null };

/** Whether an event is one that the selector asks for. */
export const selects = (selector: HookSelector, facts: SelectedFacts): boolean =>
  SELECTOR_KEYS.every((key) => {
    const pattern = selector[key];
    return pattern === undefined || (facts[key] !== null && matches(pattern, facts[key]));
  });

const matches = (pattern: string, text: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
