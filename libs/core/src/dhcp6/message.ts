/**
 * DHCPv6 messages (RFC 8415 §8, §9) as typed values. What is not known here, or does not have the form that its document
 * gives it and decides nothing for us, is kept as bytes: a message that was read can be written again, byte for byte.
 */

/** Between a client and a server. */
export interface ClientMessage6 {
  readonly kind: 'client';
  /** RFC 8415 §7.3; see MESSAGE6. */
  readonly type: number;
  /** 24 bits, chosen by the client. */
  readonly transaction: number;
  readonly options: readonly Option6[];
}

/** Between a relay and a server, or between relays. */
export interface RelayMessage6 {
  readonly kind: 'relay';
  /** Relay-forward (12) or Relay-reply (13). */
  readonly type: number;
  readonly hops: number;
  /** Canonical text; `::` where the relay leaves it to the interface id. */
  readonly link: string;
  /** Where the message came from: the client, or the relay before. */
  readonly peer: string;
  readonly options: readonly Option6[];
}

export type Message6 = ClientMessage6 | RelayMessage6;

export interface IdentityAssociation {
  readonly is: 'ia-na';
  readonly iaid: number;
  /** Seconds after which the client turns to the server that gave the addresses; 0: as the client likes. */
  readonly t1: number;
  /** Seconds after which it turns to any server. */
  readonly t2: number;
  readonly options: readonly Option6[];
}

export type Option6 =
  | { readonly is: 'client-id'; readonly duid: Uint8Array }
  | { readonly is: 'server-id'; readonly duid: Uint8Array }
  | IdentityAssociation
  | { readonly is: 'ia-ta'; readonly iaid: number; readonly options: readonly Option6[] }
  | {
      readonly is: 'ia-address';
      readonly address: string;
      /** Seconds. */
      readonly preferred: number;
      readonly valid: number;
      readonly options: readonly Option6[];
    }
  | { readonly is: 'option-request'; readonly codes: readonly number[] }
  | { readonly is: 'preference'; readonly value: number }
  /** Hundredths of a second since the client began. */
  | { readonly is: 'elapsed-time'; readonly hundredths: number }
  | { readonly is: 'relay-message'; readonly message: Message6 }
  | { readonly is: 'server-unicast'; readonly address: string }
  | { readonly is: 'status'; readonly code: number; readonly text: string }
  | { readonly is: 'rapid-commit' }
  | { readonly is: 'user-class'; readonly classes: readonly Uint8Array[] }
  | { readonly is: 'vendor-class'; readonly enterprise: number; readonly classes: readonly Uint8Array[] }
  | { readonly is: 'interface-id'; readonly value: Uint8Array }
  | { readonly is: 'name-servers'; readonly addresses: readonly string[] }
  | { readonly is: 'domain-search'; readonly names: readonly string[] }
  | {
      readonly is: 'ia-pd';
      readonly iaid: number;
      readonly t1: number;
      readonly t2: number;
      readonly options: readonly Option6[];
    }
  | { readonly is: 'sntp-servers'; readonly addresses: readonly string[] }
  | { readonly is: 'information-refresh'; readonly seconds: number }
  | {
      readonly is: 'client-name';
      /** RFC 4704 §4.1. */
      readonly flags: number;
      readonly name: string;
      /** A fully qualified name; else a host's own part of it. */
      readonly whole: boolean;
    }
  | { readonly is: 'ntp-servers'; readonly addresses: readonly string[] }
  | { readonly is: 'boot-file-url'; readonly url: string }
  | { readonly is: 'boot-file-params'; readonly params: readonly string[] }
  | { readonly is: 'architecture'; readonly codes: readonly number[] }
  | { readonly is: 'network-interface'; readonly type: number; readonly major: number; readonly minor: number }
  | { readonly is: 'client-link-layer'; readonly hardware: number; readonly address: Uint8Array }
  | { readonly is: 'relay-source-port'; readonly port: number }
  | { readonly is: 'other'; readonly code: number; readonly value: Uint8Array };

export type OptionOf<Is extends Option6['is']> = Extract<Option6, { readonly is: Is }>;

/** The first option of a kind; undefined when there is none. */
export const optionOf = <Is extends Option6['is']>(options: readonly Option6[], is: Is): OptionOf<Is> | undefined => {
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at] as Option6;
    if (option.is === is) return option as OptionOf<Is>;
  }
  return undefined;
};
