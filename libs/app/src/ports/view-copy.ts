import type { Landmark, ViewChange, ViewDocument } from '#core';

/** A boot view as it was kept. */
export interface KeptView {
  /** The installation whose view it is. */
  readonly installation: string;
  readonly landmark: Landmark;
  readonly documents: Iterable<ViewDocument>;
}

/**
 * The copy of the boot view that outlives the process and needs no database. What `append` and `replace` have resolved
 * survives a power failure; what they have not is there whole or not at all.
 */
export abstract class ViewCopy {
  /** Null when there is none that can be read. */
  abstract load(): Promise<KeptView | null>;
  abstract append(step: { readonly landmark: Landmark; readonly changes: readonly ViewChange[] }): Promise<void>;
  /** Begins anew with these documents. The iteration must not see later changes half. */
  abstract replace(view: KeptView): Promise<void>;
  /** Whether so much has been appended that `replace` with what the view holds now would make it smaller by much. */
  abstract readonly wantsCompaction: boolean;
  abstract close(): Promise<void>;
}
