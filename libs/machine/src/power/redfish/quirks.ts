/**
 * Where firmware departs from DSP0266 and DSP8010, as data: who, what, and where it is reported. Rows are tried in order, and
 * what a later one says wins. Nothing here is needed for a service that keeps to the standard, and every write is read back
 * in any case, so that a firmware nobody has listed fails with a reason and not in silence.
 */
export interface Quirks {
  /** Whether BootSourceOverrideMode goes with the boot override. `always`: it falls back to a default without. `never`: it is
   * refused. `keep`: only when it is writable and differs from what the machine starts with. */
  readonly bootMode: 'always' | 'never' | 'keep';
  /** The boot override is written to a settings resource of its own (path below the system), not to the system. */
  readonly bootSettings: string | null;
  /** If-Match is sent with a PATCH when the resource has an ETag. `any`: `*` is sent, because its ETags never fit. */
  readonly ifMatch: 'etag' | 'any' | 'none';
  /** How long a written value may take to be seen, in milliseconds. */
  readonly readBackMs: number;
  /** A reset that answers with an error may have happened all the same. */
  readonly resetErrsAfterEffect: boolean;
}

export interface Product {
  readonly vendor: string;
  readonly model: string;
  readonly firmware: string;
}

export const STANDARD: Quirks = {
  bootMode: 'keep',
  bootSettings: null,
  ifMatch: 'etag',
  readBackMs: 8_000,
  resetErrsAfterEffect: false,
};

interface Row {
  readonly vendor: RegExp;
  readonly model?: RegExp;
  readonly firmware?: RegExp;
  readonly quirks: Partial<Quirks>;
  readonly why: string;
}

const ROWS: readonly Row[] = [
  {
    vendor: /super\s?micro/i,
    quirks: { bootMode: 'always' },
    why: 'without the mode the override goes back to the default one (DMTF/Redfishtool#106)',
  },
  {
    vendor: /^hpe?\b|hewlett/i,
    quirks: { bootMode: 'never' },
    why: 'the mode is read-only, and the whole PATCH is refused with it (ansible-collections/community.general#3509)',
  },
  {
    vendor: /^ami\b|american megatrends/i,
    quirks: { bootSettings: 'SD', readBackMs: 15_000 },
    why: 'the override is taken at Systems/Self/SD alone (DMTF/Redfish-Tacklebox#111)',
  },
  {
    vendor: /^dell/i,
    quirks: { readBackMs: 20_000 },
    why: 'writes go through a job, and are seen some seconds later',
  },
  {
    vendor: /^anneal lab$/i,
    model: /^stale/i,
    quirks: { readBackMs: 30_000 },
    why: 'the emulator, so that matching by model is exercised',
  },
];

/** What is to be minded with this product. */
export const quirksOf = ({ vendor, model, firmware }: Product): Quirks =>
  ROWS.filter(
    (row) => row.vendor.test(vendor) && (row.model?.test(model) ?? true) && (row.firmware?.test(firmware) ?? true),
  ).reduce((quirks, row) => ({ ...quirks, ...row.quirks }), STANDARD);
