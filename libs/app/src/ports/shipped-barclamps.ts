import type { BarclampDocument } from '../barclamp/document.js';

/** The barclamps that come with this version. */
export abstract class ShippedBarclamps {
  /** A digest of the files of each, by name: cheap, for every start. */
  abstract sources(): Promise<ReadonlyMap<string, string>>;
  /** All of them, read and checked, in an order in which they can be imported. */
  abstract load(): Promise<readonly BarclampDocument[]>;
}
