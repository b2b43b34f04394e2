import type { Json, JsonObject } from '#core';

/** A document of a layer in which a secret attribute has a value that is not sealed, or sealed by a key that was replaced. */
export interface UnsealedDocument {
  /** Table and column. */
  readonly place: string;
  readonly id: string;
  readonly document: JsonObject;
  /** The secret attributes of whose role, or node, it is. */
  readonly attribs: readonly { readonly name: string; readonly map: string; readonly secret: true }[];
}

/** The same for the default of a secret attribute. */
export interface UnsealedDefault {
  readonly id: string;
  readonly attrib: string;
  readonly value: Json;
}

/** The key of a hook, of a DNS server or of a cloud. */
export interface UnsealedKey {
  readonly place: 'hooks' | 'dns_servers' | 'providers';
  readonly id: string;
  readonly key: string;
}

/**
 * What is kept and should be sealed, or sealed anew: written before anything was sealed, by a barclamp that declared the
 * attribute a secret afterwards, or with a key that has been replaced. `mark` is what values begin with that are sealed
 * now; null looks for plain ones only. Writing one back changes nothing that anybody sees.
 */
export interface KeptSecretsStore {
  documents(mark: string | null, limit: number): Promise<UnsealedDocument[]>;
  putDocument(where: Pick<UnsealedDocument, 'place' | 'id'>, before: JsonObject, after: JsonObject): Promise<void>;
  defaults(mark: string | null): Promise<UnsealedDefault[]>;
  putDefault(id: string, value: Json): Promise<void>;
  keys(mark: string | null): Promise<UnsealedKey[]>;
  putKey(where: Pick<UnsealedKey, 'place' | 'id'>, key: string): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly keptSecrets: KeptSecretsStore;
  }
}
