import type { ReactNode } from 'react';
import type { Call } from '../api/call';

/** A noun of the API that is listed, shown, made, changed and deleted like any other: what its page is made of. */
export interface Resource<Item extends { readonly id?: string }> {
  /** As it stands in the path of the API, and under which it is kept: `users`. */
  readonly noun: string;
  readonly title: string;
  /** One of it, in a sentence: `user`. */
  readonly one: string;
  /** What somebody reads who has none of it yet. */
  readonly empty: string;
  readonly list: (query: { filter?: string; sort?: string }) => Call;
  readonly columns: readonly ResourceColumn<Item>[];
  readonly nameOf: (item: Item) => string;
  /** Opens its own page instead of its facts. */
  readonly pageOf?: (item: Item) => string;
  /** Path and verb of its body, and how it is made. */
  readonly create?: {
    readonly path: string;
    readonly call: (body: never) => Call;
    readonly done?: (answer: never) => ReactNode;
  };
  readonly update?: { readonly path: string; readonly call: (item: Item, body: never) => Call };
  readonly remove?: (item: Item) => Call;
  /** What else can be done with one. */
  readonly acts?: (item: Item) => ReactNode;
  /** What it is called on the command line: `users`. */
  readonly command: string;
  /** Kinds of events that tell of it; none when absent. */
  readonly news?: string;
  /** Only administrators change it. */
  readonly forAdmins?: boolean;
  readonly sort?: string;
}

export interface ResourceColumn<Item> {
  readonly id: string;
  readonly label: string;
  readonly cell: (item: Item) => ReactNode;
  readonly width?: number;
  readonly sort?: string;
}
