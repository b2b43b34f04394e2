/**
 * The eight steps by which a machine is got from a cloud. Every site answers each of them with yes, partial or no, and says
 * why; what a site answered over time is a small interoperability report. The words are the contract between the loop that
 * takes the steps, the drivers that know a cloud, and whoever reads the report.
 */
export const PROVIDER_STEPS = [
  'add-key',
  'read-offer',
  'pick',
  'request',
  'address',
  'log-in',
  'secure',
  'remove-key',
] as const;
export type ProviderStep = (typeof PROVIDER_STEPS)[number];

/** `yes`: as it should be. `partial`: done, but something had to be guessed, added or left open. `no`: it cannot be had. */
export const STEP_ANSWERS = ['yes', 'partial', 'no'] as const;
export type StepAnswer = (typeof STEP_ANSWERS)[number];

/** What each step is for, for people. */
export const STEP_SAYS: Readonly<Record<ProviderStep, string>> = {
  'add-key': 'add a key for the node',
  'read-offer': 'read networks, flavors and images',
  pick: 'pick one of each',
  request: 'request the node',
  address: 'get an address at which it is reached',
  'log-in': 'log in with the key',
  secure: "let root in by this installation's keys, and nobody by password",
  'remove-key': 'remove the key of the node',
};

/** Milliseconds for each step, from its beginning. A cloud that emulates its processors boots a guest in minutes. */
export const STEP_DEADLINES_MS: Readonly<Record<ProviderStep, number>> = {
  'add-key': 2 * 60_000,
  'read-offer': 2 * 60_000,
  pick: 60_000,
  request: 15 * 60_000,
  address: 5 * 60_000,
  'log-in': 15 * 60_000,
  secure: 5 * 60_000,
  'remove-key': 5 * 60_000,
};

/** The step after one; null after the last. */
export const stepAfter = (step: ProviderStep): ProviderStep | null =>
  PROVIDER_STEPS[PROVIDER_STEPS.indexOf(step) + 1] ?? null;

/** Where a node that was asked for stands. */
export const PROVIDED_STATES = ['asked', 'ready', 'returning', 'returned', 'failed', 'left'] as const;
/**
 * `asked`: the steps are taken. `ready`: it is a node. `returning`: what it holds in the cloud is being given back.
 * `returned` and `failed`: nothing of it is left there. `left`: something is left there that nobody could free.
 */
export type ProvidedState = (typeof PROVIDED_STATES)[number];
