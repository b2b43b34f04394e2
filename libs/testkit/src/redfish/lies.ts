/** Writes that a BMC may take without doing them. */
export type Ignorable = 'power' | 'boot' | 'led' | 'bios' | 'volume';

/**
 * How an emulated BMC departs from the standard and from the truth. All are seen on real ones. The default is a service
 * that does neither.
 */
export interface Lies {
  readonly vendor: string;
  readonly model: string;
  readonly firmware: string;
  /** Taken with 204, and forgotten. Can be changed while it runs. */
  ignores: Ignorable[];
  /** The first so many writes of power are forgotten. */
  ignoresPowerTimes: number;
  /** After a switch the old power state is shown for so long, in milliseconds. */
  wrongPowerMs: number;
  /** While it switches, the state is `PoweringOn` or `PoweringOff`. */
  transitional: boolean;
  /** Resources are shown as they were so long ago, in milliseconds. */
  staleMs: number;
  /** The next so many requests are answered with 500 before anything is done. */
  failNext: number;
  /** The next reset is done and answered with 500. */
  resetErrsAfterEffect: boolean;
  /** Rest before each answer, in milliseconds. */
  slowMs: number;
  /** A PATCH without If-Match is answered with 428, with a wrong one with 412. */
  etagRequired: boolean;
  /** ETags change with every reading, so that no reader ever has the right one for long. */
  etagRestless: number;
  /** Sessions that fit. */
  sessionsMax: number;
  /** The ResetTypes are told by an ActionInfo resource alone. */
  actionInfo: boolean;
  /** Resets are tasks: 202 with a monitor. */
  tasks: boolean;
  /** The boot override is taken at this resource below the system, and nowhere else. */
  bootSettings: string | null;
  /** `required`: without the mode the override goes back to legacy. `read-only`: the PATCH is refused with it. */
  bootMode: 'free' | 'required' | 'read-only';
  /** `active`, `led`, or none at all. */
  lamp: 'active' | 'led' | 'none';
}

export const HONEST: Lies = {
  vendor: 'Anneal Lab',
  model: 'Emulated',
  firmware: '1.0.0',
  ignores: [],
  ignoresPowerTimes: 0,
  wrongPowerMs: 0,
  transitional: false,
  staleMs: 0,
  failNext: 0,
  resetErrsAfterEffect: false,
  slowMs: 0,
  etagRequired: false,
  etagRestless: 0,
  sessionsMax: 8,
  actionInfo: false,
  tasks: false,
  bootSettings: null,
  bootMode: 'free',
  lamp: 'active',
};

/** Products as far as their odd habits go; the names are those by which the quirks table knows them. */
export const PRODUCTS = {
  honest: {},
  supermicro: { vendor: 'Supermicro', model: 'SYS-1029P', bootMode: 'required', lamp: 'led', etagRequired: true },
  hpe: { vendor: 'HPE', model: 'ProLiant DL360 Gen10', bootMode: 'read-only', lamp: 'led' },
  ami: { vendor: 'AMI', model: 'MegaRAC SP-X', bootSettings: 'SD', etagRequired: true, staleMs: 800 },
  dell: {
    vendor: 'Dell',
    model: 'PowerEdge R640',
    tasks: true,
    actionInfo: true,
    wrongPowerMs: 1_000,
    transitional: true,
  },
  lenovo: { vendor: 'Lenovo', model: 'SR630', etagRequired: true, sessionsMax: 4 },
  stale: { model: 'Stale', staleMs: 2_000, slowMs: 20 },
} as const satisfies Readonly<Record<string, Partial<Lies>>>;

export type ProductName = keyof typeof PRODUCTS;
