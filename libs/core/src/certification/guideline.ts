/**
 * A guideline as all schemas of it (1.2 to 2.0) come down to: programs that name components, components that name
 * capabilities, capabilities that name tests. Nothing in it is changed after the import; what the file had that has no
 * place here stays in the raw file, which is kept beside it.
 */
export type GuidelineKind = 'powered' | 'add-on' | 'vertical' | 'local';

/** What a program asks of a capability. Where several components name one, the first of this order is what holds. */
export const CAPABILITY_STATUSES = ['required', 'advisory', 'deprecated', 'removed'] as const;
export type CapabilityStatus = (typeof CAPABILITY_STATUSES)[number];

export interface Guideline {
  /** `2020.06`, `dns.2020.06`, or the name a site gave to a profile of its own. */
  readonly id: string;
  readonly kind: GuidelineKind;
  readonly schema: string;
  /** As the file says: draft, review, approved, superseded; null when it says nothing. */
  readonly status: string | null;
  readonly replaces: string | null;
  /** Releases of OpenStack that it names, in lower case. */
  readonly releases: readonly string[];
  readonly source: string | null;
  readonly programs: readonly Program[];
  /** Every capability by name: also one that no program names, and, without tests, one that is named but not described. */
  readonly capabilities: ReadonlyMap<string, Capability>;
  readonly designatedSections: readonly DesignatedSection[];
  /** Where the suite of tests lies that the file was made for. */
  readonly suites: readonly SuiteReference[];
}

export interface Program {
  /** `platform`, `compute`, `object`, `dns`, `orchestration`, or the local profile's own word. */
  readonly name: string;
  /** `OpenStack Powered Compute`. */
  readonly title: string;
  readonly description: string | null;
  /** Names of the components, in the order of the file. */
  readonly components: readonly string[];
  /** Components of another guideline that an add-on builds upon; they are judged there, not here. */
  readonly standsOn: readonly string[];
  /** The capabilities of all its components by name, each with the strongest status that one of them gives it. */
  readonly capabilities: ReadonlyMap<string, CapabilityStatus>;
}

export interface Capability {
  readonly name: string;
  readonly description: string | null;
  /** The project that it tests: `nova`, `glance`; null when the file does not say. */
  readonly project: string | null;
  readonly admin: boolean;
  readonly achievements: readonly string[];
  readonly tests: readonly GuidelineTest[];
}

export interface GuidelineTest {
  /** The name at the time of approval, without brackets; a scenario's parentheses are part of it. */
  readonly key: string;
  /** `id-…`, as in the file; empty for schemas that had none. */
  readonly ids: readonly string[];
  readonly aliases: readonly string[];
  readonly flag: TestFlag | null;
}

/** Why a test of an approved guideline does not have to pass (D301, D311). */
export interface TestFlag {
  /** `D401`, or null where the reason begins with no code. */
  readonly code: string | null;
  readonly date: string | null;
  readonly reason: string | null;
  readonly action: string | null;
}

export interface DesignatedSection {
  readonly project: string;
  readonly status: CapabilityStatus | 'informational';
  readonly guidance: string | null;
  readonly sections: readonly string[];
}

export interface SuiteReference {
  readonly name: string;
  readonly repository: string | null;
  readonly reference: string | null;
}

/** What is wrong with a file, and where: a JSON pointer (RFC 6901) into it. */
export interface GuidelineProblem {
  readonly at: string;
  readonly says: string;
}

/** A file that was read, with what was bent while reading; or all that is wrong with it. */
export type GuidelineReading =
  | { readonly kind: 'read'; readonly guideline: Guideline; readonly warnings: readonly GuidelineProblem[] }
  | { readonly kind: 'refused'; readonly problems: readonly GuidelineProblem[] };
