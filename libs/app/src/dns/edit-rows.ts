import { isRefusal, refuse, type EventDraft, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { lookUp } from '../named.js';
import type { EditedStore } from '../ports/dns-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { sealKey, type KeyPlace } from '../secret/kept-key.js';
import { refuseStale } from '../stale.js';

/** Rows that operators edit and that have no rules but those of a single row. */
export interface EditedNoun<
  View extends { readonly id: string; readonly version: number },
  New extends { readonly id: string },
> {
  /** What one is called in messages. */
  readonly what: string;
  /** Where to look when one is not found. */
  readonly advice: string;
  /** `subject` of its events. */
  readonly subject: string;
  readonly store: (tx: Transaction) => EditedStore<View, New>;
  readonly nameOf: (row: Pick<New, never> & object) => string;
  /** Why a row cannot be as it is. Given the whole row, so that fields can be held against each other. */
  readonly refuse: (
    tx: Transaction,
    row: Omit<New, 'id'>,
    before: View | null,
  ) => Refusal | null | Promise<Refusal | null>;
  /** The field that is kept sealed, if there is one. */
  readonly key?: { readonly field: keyof New & string; readonly place: KeyPlace['place'] };
  /** Fields a change may have. */
  readonly fields: readonly (keyof New & string)[];
}

export interface EditedUseCases<View, New> {
  readonly create: { execute(actor: Actor, row: Omit<New, 'id'>): Promise<View | Refusal> };
  readonly update: {
    execute(
      actor: Actor,
      input: { readonly key: string; readonly version?: number; readonly change: Partial<Omit<New, 'id'>> },
    ): Promise<View | Refusal>;
  };
  readonly remove: {
    execute(
      actor: Actor,
      input: { readonly key: string; readonly version?: number },
    ): Promise<{ deleted: string } | Refusal>;
  };
  readonly show: { execute(input: { readonly key: string }): Promise<View | Refusal> };
  readonly list: { execute(query: ListQuery): Promise<Page<View> | Refusal> };
}

/** Creating, changing, deleting, showing and listing of one noun. What becomes true is told to the history. */
export const editRows = <
  View extends { readonly id: string; readonly version: number },
  New extends { readonly id: string },
>(
  { unitOfWork, ids, secrets }: Pick<ModelParts, 'unitOfWork' | 'ids' | 'secrets'>,
  noun: EditedNoun<View, New>,
): EditedUseCases<View, New> => {
  const { what, advice, subject, store, nameOf } = noun;
  const find = (tx: Transaction, key: string, options?: { readonly lock?: boolean }): Promise<View | Refusal> =>
    lookUp(key, (k) => store(tx).find(k, options), what, advice);
  const told = (happened: string, row: object): EventDraft => ({
    kind: `${subject}.${happened}`,
    data: { name: nameOf(row) },
  });
  const taken = (row: object): Refusal =>
    refuse('already-exists', `there is a ${what} "${nameOf(row)}" already: change that one, or choose another name.`, {
      field: 'name',
    });
  const withKey = <Row extends object>(row: Row, id: string): Row | Refusal => {
    const { key } = noun;
    const plain = key && row[key.field as unknown as keyof Row];
    if (!key || typeof plain !== 'string') return row;
    const sealed = sealKey(secrets, plain, { place: key.place, id });
    return isRefusal(sealed) ? sealed : { ...row, [key.field]: sealed };
  };
  return {
    show: { execute: ({ key }) => unitOfWork.read((tx) => find(tx, key)) },
    list: { execute: (query) => unitOfWork.read((tx) => store(tx).list(query)) },
    create: {
      execute: (actor, row) =>
        unitOfWork.write(actor, async (tx) => {
          const wrong = await noun.refuse(tx, row, null);
          if (wrong) return wrong;
          const id = ids.next() as unknown as New['id'];
          const kept = withKey(row, id);
          if (isRefusal(kept)) return kept;
          if (!(await store(tx).insert({ ...kept, id } as New))) return taken(row);
          tx.tell(told('created', row));
          return (await store(tx).find(id)) as View;
        }),
    },
    update: {
      execute: (actor, { key, version, change }) =>
        unitOfWork.write(actor, async (tx) => {
          const before = await find(tx, key, { lock: true });
          if (isRefusal(before)) return before;
          const given = Object.fromEntries(
            noun.fields
              .filter((field) => change[field as never] !== undefined)
              .map((field) => [field, change[field as never]]),
          ) as unknown as Partial<Omit<New, 'id'>>;
          const after = { ...before, ...given } as unknown as Omit<New, 'id'>;
          const wrong =
            refuseStale(`${what} ${nameOf(before)}`, before, version) ?? (await noun.refuse(tx, after, before));
          if (wrong) return wrong;
          const renamed = nameOf(after) !== nameOf(before);
          if (renamed && (await store(tx).find(nameOf(after)))) return taken(after);
          const kept = withKey(given, before.id as unknown as New['id']);
          if (isRefusal(kept)) return kept;
          await store(tx).update(before.id, kept);
          tx.tell(told('changed', after));
          return (await store(tx).find(before.id)) as View;
        }),
    },
    remove: {
      execute: (actor, { key, version }) =>
        unitOfWork.write(actor, async (tx) => {
          const row = await find(tx, key, { lock: true });
          if (isRefusal(row)) return row;
          const stale = refuseStale(`${what} ${nameOf(row)}`, row, version);
          if (stale) return stale;
          await store(tx).delete(row.id);
          tx.tell(told('deleted', row));
          return { deleted: nameOf(row) };
        }),
    },
  };
};
