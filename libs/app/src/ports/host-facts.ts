/** What is known of the host that a server runs on. */
export interface HostInterface {
  readonly name: string;
  readonly mac: string | null;
  readonly up: boolean;
  /** With prefix length. */
  readonly addresses: readonly string[];
}

export interface HostCheck {
  readonly name: string;
  readonly verdict: 'good' | 'warning' | 'bad' | 'unknown';
  /** What was found, and what to do where it is not good. */
  readonly says: string;
}

export interface HostReport {
  readonly fqdn: string | null;
  readonly hostname: string;
  readonly interfaces: readonly HostInterface[];
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
  readonly checks: readonly HostCheck[];
}

/** Looks at the host. It changes nothing there, and answers within seconds whatever the host does. */
export abstract class HostFacts {
  abstract look(): Promise<HostReport>;
}
