/** Where a new machine is reached, and by which key. */
export interface FirstReach {
  /** For messages. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** OpenSSH or PEM text, without a passphrase. */
  readonly privateKey: string;
  /** The host key that it must have; null when nobody knows it yet. */
  readonly hostKey: string | null;
}

export type LoggedIn =
  | {
      readonly kind: 'done';
      readonly account: string;
      readonly hostKey: string;
      /** Accounts that were tried before and did not let us in. */
      readonly refused: readonly string[];
    }
  | { readonly kind: 'not-yet'; readonly says: string }
  | { readonly kind: 'failed'; readonly says: string };

export type Secured =
  | {
      readonly kind: 'done';
      /** How the server still lets people in beside keys, as it offers it itself; empty when by keys alone. */
      readonly offers: readonly string[];
      readonly says: string;
    }
  | { readonly kind: 'not-yet'; readonly says: string }
  | { readonly kind: 'failed'; readonly says: string };

/**
 * The first minutes of a machine that somebody else has started: it knows one key in some account, and is to know root by
 * the keys of this installation. Each call may be repeated; none throws for what a machine does.
 */
export abstract class FirstLogin {
  /** A key pair for one machine. */
  abstract makeKey(): { readonly privateKey: string; readonly publicKey: string };
  /** Tries the accounts in order, within the deadline, until one lets us in and may become root. */
  abstract logIn(reach: FirstReach, accounts: readonly string[], deadlineMs: number): Promise<LoggedIn>;
  /** Puts the keys into root's authorized_keys, ends logins by password, and looks from outside whether both are so. */
  abstract secure(
    reach: FirstReach & { readonly account: string; readonly hostKey: string },
    keys: readonly string[],
    deadlineMs: number,
  ): Promise<Secured>;
  /** Takes a key out of all accounts, by the key of the installation; done when it lets nobody in any more. */
  abstract forgetKey(
    reach: FirstReach & { readonly account: string; readonly hostKey: string },
    publicKey: string,
    deadlineMs: number,
  ): Promise<Exclude<Secured, { readonly kind: 'done' }> | { readonly kind: 'done' }>;
}
