import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';

/**
 * What somebody asks of a page: how it is sorted, which of its things are shown, which one is open. It stands in the address,
 * so that it can be sent to somebody else and is there again after a reload. Takes what holds where nothing is said.
 */
export const useAsked = <Asked extends Readonly<Record<string, string>>>(otherwise: Asked) => {
  const search = useSearch({ strict: false }) as Partial<Record<string, unknown>>;
  const { pathname } = useLocation();
  const navigate = useNavigate();
  // A word that is a number comes out of the address as one.
  const asked = Object.fromEntries(
    Object.entries(otherwise).map(([name, value]) => [name, String(search[name] ?? value)]),
  ) as { readonly [Name in keyof Asked]: string };
  /** What is not asked here, like the tab, stays. Back undoes a step, and not each letter of what was typed. */
  const ask = (more: { readonly [Name in keyof Asked]?: string }, { isStep = false } = {}): void => {
    const next = (before: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(
        Object.entries({ ...before, ...more }).filter(([name, value]) => value !== '' || Boolean(otherwise[name])),
      );
    void navigate({ to: pathname, search: next as never, replace: !isStep });
  };
  return [asked, ask] as const;
};
