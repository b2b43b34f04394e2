import type { Json } from '../base/json.js';
import type { CloudFacts } from './certification.js';
import type { DesignatedSection, GuidelineKind, TestFlag } from './guideline.js';
import type { FoundBy } from './resolution.js';
import type { SuiteCredentials } from './suite-credentials.js';
import type { TestAttempt, TestVerdict } from './verdict.js';

/**
 * The sheet that goes with every report: what was not tested, what was bent, what was pretended, and what it takes to
 * build the same again. It holds no secret: settings and attributes are given to it masked.
 */
export interface Disclosure {
  readonly guideline: { readonly id: string; readonly kind: GuidelineKind; readonly status: string | null };
  readonly program: { readonly name: string; readonly title: string };
  readonly claim: string;
  readonly qualifiers: readonly string[];
  /** Tests of the program that the suite does not have. */
  readonly missing: readonly DisclosedTest[];
  /** Whether they passed or not. */
  readonly flagged: readonly DisclosedFlag[];
  readonly failed: readonly DisclosedTest[];
  readonly skipped: readonly DisclosedTest[];
  readonly notRun: readonly DisclosedTest[];
  /** Passes that were recognised by an alias or by the id. */
  readonly matchedOtherwise: readonly { readonly name: string; readonly by: FoundBy }[];
  readonly retried: readonly { readonly name: string; readonly attempts: readonly TestAttempt[] }[];
  /** Capabilities of the program without tests: they are counted as met by nobody. */
  readonly emptyCapabilities: readonly string[];
  /** Settings of the suite that are not its defaults, each with its reason. */
  readonly settings: readonly SuiteSetting[];
  /** As whom the tests ran; null where nobody knows, as with an import. */
  readonly credentials: SuiteCredentials | null;
  /** Capabilities of which the guideline says that they need an administrator, and of which a test ran. */
  readonly needAdministrator: readonly string[];
  /** Capabilities meant for a plain user that were tested with an administrator's rights. */
  readonly testedAsAdministrator: readonly string[];
  readonly simulated: readonly string[];
  readonly designatedSections: readonly DesignatedStatement[];
  readonly suite: { readonly name: string; readonly version: string } | null;
  readonly cloud: CloudFacts | null;
  readonly nodes: readonly DisclosedNode[];
  /** Attributes of the roles as they were. */
  readonly attributes: Readonly<Record<string, Json>>;
  readonly digests: DisclosedDigests;
}

export interface DisclosedTest {
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly outcome: TestVerdict['outcome'];
  readonly mustPass: boolean;
  readonly reason: string | null;
}

export interface DisclosedFlag extends DisclosedTest {
  readonly flag: TestFlag;
}

export interface SuiteSetting {
  /** `compute-feature-enabled.xenapi_apis`. */
  readonly setting: string;
  readonly value: string;
  readonly reason: string;
}

/** What a guideline wants of the code of a project, and which packages the nodes had of it. */
export interface DesignatedStatement extends DesignatedSection {
  readonly packages: readonly DisclosedPackage[];
}

export interface DisclosedPackage {
  readonly name: string;
  readonly version: string;
  /** What it was built from, which is often called after the project when the package is not. */
  readonly source: string | null;
  /** Who made it, as the package database says. */
  readonly origin: string | null;
}

export interface DisclosedNode {
  readonly name: string;
  readonly roles: readonly string[];
  readonly operatingSystem: string | null;
  readonly kernel: string | null;
  /** `physical`, `virtual`, `container`; null where nobody could look. */
  readonly machine: string | null;
  /** Those that make the cloud, of all that the node has. */
  readonly packages: readonly DisclosedPackage[];
  /** All that the node has: a file of the evidence, by its digest. Null when the node could not be asked. */
  readonly packageList: { readonly count: number; readonly sha256: string } | null;
}

/** SHA-256 in hex of what the verdict was made from; null where there is no such thing, as with an import. */
export interface DisclosedDigests {
  readonly guideline: string;
  readonly list: string | null;
  readonly configuration: string | null;
  readonly stream: string | null;
}
