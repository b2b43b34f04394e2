import type { IpFamily, ViewMachine } from '../boot-view/document.js';

/** What a machine said of itself when it asked what to boot. Whatever it did not say is null. */
export interface BootFacts {
  /** How it asked. `script`: iPXE fetches its script over HTTP. */
  readonly via: 'dhcp4' | 'proxy-dhcp4' | 'dhcp6' | 'tftp' | 'script';
  readonly family: IpFamily;
  /** Client system architecture, RFC 4578 §2.1 (option 93; 61 in DHCPv6), IANA registry of processor architectures. */
  readonly architecture: number | null;
  /** Vendor class: `PXEClient…` or `HTTPClient…` (option 60; 16 in DHCPv6). */
  readonly vendorClass: string | null;
  /** iPXE asks: user class `iPXE` (option 77; 15 in DHCPv6), or option 175. */
  readonly ipxe: boolean;
  /** Lower case, colons. */
  readonly mac: string | null;
  /** SMBIOS UUID in canonical order. */
  readonly uuid: string | null;
  /** Address of netboot that this client reaches, without prefix length. */
  readonly server: string;
  readonly httpPort: number;
}

/**
 * What it gets, and why. `reasons` is read by people: one short sentence a step. `bootenv` is the boot environment that
 * follows from the view, whatever is sent; null when it did not come to that.
 */
export type BootDecision = { readonly bootenv: string | null } & (
  | {
      readonly boot: 'file';
      /** Path on TFTP, relative to its root, without leading slash. */
      readonly file: string;
      readonly machine: ViewMachine | null;
      readonly reasons: readonly string[];
    }
  | {
      readonly boot: 'url';
      /** `http://…` or, in DHCPv6, `tftp://[…]/…` (RFC 5970 §3.1). */
      readonly url: string;
      readonly machine: ViewMachine | null;
      readonly reasons: readonly string[];
    }
  | {
      /** No boot option is sent: it is no machine that boots, or it must start from its disk. */
      readonly boot: 'nothing';
      readonly machine: ViewMachine | null;
      readonly reasons: readonly string[];
    }
);
