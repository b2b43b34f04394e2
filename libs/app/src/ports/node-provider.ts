import type { CloudOffer, JsonObject, Picked, ProviderWish, Refusal } from '#core';

/**
 * How a call to a cloud ended. `done` has an answer for the report: `partial` when it was done in another way than it should
 * be. `not-yet` is asked again until the deadline of the step: what is being built, and what is out of order for now.
 * `failed` will not change by itself; `again` says that another server may do better.
 */
export type Asked<Value> =
  | ({ readonly kind: 'done'; readonly answer: 'yes' | 'partial'; readonly says: string } & Value)
  | ({ readonly kind: 'not-yet'; readonly says: string; readonly againMs?: number } & Partial<Value>)
  | { readonly kind: 'failed'; readonly says: string; readonly again?: true };

/** How a site is reached: a row of `providers` with its secret opened. */
export interface ProviderAccess {
  readonly name: string;
  readonly kind: string;
  readonly access: JsonObject;
  readonly secret: string;
}

export interface KeyOrder {
  /** Unlike all others of this installation. */
  readonly name: string;
  /** One line as in authorized_keys. */
  readonly publicKey: string;
}

export interface ServerOrder {
  /** Unlike all others of this installation: by it a server is found again whose answer was lost. */
  readonly token: string;
  /** The name of the node. */
  readonly name: string;
  /** As `addKey` gave it. */
  readonly key: string;
  readonly picked: Picked;
  readonly wish: ProviderWish;
}

export interface AddressOrder extends Pick<ServerOrder, 'token' | 'picked'> {
  readonly server: string;
}

/** Everything that may be held in the cloud for one node; what nobody knows of is looked for by token and name. */
export interface Holdings {
  readonly token: string;
  /** Of the node. */
  readonly name: string;
  readonly keyName: string;
  readonly key: string | null;
  readonly server: string | null;
  readonly floating: string | null;
}

/**
 * A site from which machines are got: those of the eight steps that are the cloud's. Each call may be repeated at any time,
 * also by another process that does not know how the last one ended: it finds what is there already. A call ends within
 * the signal, never throws for what a cloud does, and says what to do in a sentence.
 */
export abstract class NodeProvider {
  abstract addKey(order: KeyOrder, signal: AbortSignal): Promise<Asked<{ readonly key: string }>>;
  abstract readOffer(signal: AbortSignal): Promise<Asked<{ readonly offer: CloudOffer }>>;
  /** Done when the server runs. */
  abstract request(order: ServerOrder, signal: AbortSignal): Promise<Asked<{ readonly server: string }>>;
  /** `floating` is what has to be freed later; null when the address is the server's own. */
  abstract address(
    order: AddressOrder,
    signal: AbortSignal,
  ): Promise<Asked<{ readonly address: string; readonly floating: string | null }>>;
  /** The host keys that the machine itself told the cloud, as in known_hosts; empty when the cloud cannot say. */
  abstract hostKeys(server: string, signal: AbortSignal): Promise<readonly string[]>;
  abstract removeKey(
    order: { readonly name: string; readonly key: string },
    signal: AbortSignal,
  ): Promise<Asked<object>>;
  /** Frees server, floating address and key. Done when none of them is there any more. */
  abstract giveBack(held: Holdings, signal: AbortSignal): Promise<Asked<object>>;
}

/** Which driver speaks with which kind of site. A driver keeps what it learned (tokens, addresses) from call to call. */
export abstract class ProviderDrivers {
  abstract open(provider: ProviderAccess): NodeProvider | Refusal;
}
