export interface JigView {
  readonly name: string;
  readonly description: string;
  /** Whether this installation can carry it out. */
  readonly active: boolean;
  readonly clientRole: string | null;
  readonly version: number;
}

export interface JigStore {
  all(): Promise<JigView[]>;
  find(name: string): Promise<JigView | null>;
  /**
   * Writes those that are not there yet, switches those on that were only named by a barclamp so far, and gives the names of
   * both. What somebody has switched stays as it is.
   */
  putMissing(jigs: readonly { readonly name: string; readonly description: string }[]): Promise<string[]>;
  update(name: string, change: { readonly active?: boolean; readonly description?: string }): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly jigs: JigStore;
  }
}
