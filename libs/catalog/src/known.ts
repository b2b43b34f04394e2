/** What the system has already: the names a barclamp may refer to, and those it may not take. */
export interface Known {
  /** Role name → name of the barclamp that owns it. */
  readonly roles?: Readonly<Record<string, string>>;
  /** Attribute name → name of the barclamp that owns it. */
  readonly attribs?: Readonly<Record<string, string>>;
  readonly jigs?: readonly string[];
}
