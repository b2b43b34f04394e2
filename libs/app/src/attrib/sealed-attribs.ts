import {
  isRefusal,
  isSealed,
  isUnset,
  mapSealed,
  parsePath,
  readSealed,
  refuse,
  sameJson,
  sealedValue,
  valueAt,
  withValueAt,
  type Generate,
  type Json,
  type JsonObject,
  type Refusal,
  type SealedValue,
} from '#core';
import type { SecretBox } from '../ports/secret-box.js';
import type { SecretMaker } from '../ports/secret-maker.js';

/** What has to be known of an attribute to keep its value. */
export interface SealableAttrib {
  readonly name: string;
  /** Path `a/b/c` in the document. */
  readonly map: string;
  readonly secret: boolean;
}

/** A value with nothing sealed in it any more, and the secrets that were. */
export interface Opened {
  readonly value: Json;
  /** Each value that was sealed, for a mask. */
  readonly secrets: readonly Json[];
}

/**
 * Keeps the values of secret attributes so that a copy of the database gives none of them away. Whoever writes a document
 * seals it after it was checked; layers, staged inputs, snapshots and outputs carry the sealed value on, and only the worker
 * that carries a run out opens it. It opens nothing for an answer: what is shown of a secret is that there is one.
 *
 * A sealed value belongs to its attribute: moved to another one it does not open. It does not belong to a row, since the
 * same value is read through many.
 */
export class SealedAttribs {
  constructor(
    private readonly box: SecretBox,
    private readonly maker: SecretMaker,
  ) {}

  /**
   * The document with the values of its secret attributes sealed. `known` are documents of the same object as they are
   * kept: a value that one of them has already keeps its token, so that nothing looks changed. `unavailable` without a key.
   */
  seal(
    document: JsonObject,
    declared: readonly SealableAttrib[],
    known: readonly (JsonObject | null)[] = [],
  ): JsonObject | Refusal {
    let sealed = document;
    for (const { name, map, secret } of declared) {
      const path = secret ? parsePath(map) : null;
      if (path === null || isRefusal(path)) continue;
      const value = valueAt(sealed, path);
      if (value === undefined || isUnset(value)) continue;
      const before = known.map((each) => (each === null ? undefined : valueAt(each, path)));
      const token = this.sealValue(name, value, before);
      if (isRefusal(token)) return token;
      sealed = withValueAt(sealed, path, token);
    }
    return sealed;
  }

  /** One value of an attribute; the same token as among `known` where the value is the same. */
  sealValue(attrib: string, value: Json, known: readonly (Json | undefined)[] = []): Json | Refusal {
    if (isSealed(value)) return value;
    const same = known.find((each) => {
      const sealed = readSealed(each);
      if (sealed?.of !== attrib) return false;
      const plain = this.openOne(sealed);
      return plain !== null && sameJson(plain.value, value);
    });
    if (same !== undefined) return same;
    const text = this.box.seal(JSON.stringify(value), belongsTo(attrib));
    return isRefusal(text) ? text : sealedValue({ of: attrib, text });
  }

  /** Everything sealed in a value, opened. `unavailable` where something does not open with the key of this process. */
  open(value: Json): Opened | Refusal {
    const secrets: Json[] = [];
    const shut: string[] = [];
    const openIn = (part: Json): Json =>
      mapSealed(part, (sealed) => {
        const plain = this.openOne(sealed);
        if (plain === null) {
          shut.push(sealed.of);
          return null;
        }
        const opened = openIn(plain.value);
        secrets.push(opened);
        return opened;
      });
    const opened = openIn(value);
    return shut.length > 0 ? doesNotOpen(shut) : { value: opened, secrets };
  }

  /**
   * The value with everything that was sealed with a key that has been replaced sealed anew; the same one when there is
   * none. `renewed` remembers across calls what became of each, so that what was equal stays equal.
   */
  renew(value: Json, renewed: Map<string, string> = new Map()): Json {
    return mapSealed(value, (sealed) => {
      const known = renewed.get(sealed.text);
      if (known !== undefined) return sealedValue({ of: sealed.of, text: known });
      const plain = this.box.isOld(sealed.text) ? this.openOne(sealed) : null;
      // Sealed by a key that nobody has any more: it stays, and using it says what to do.
      const text = plain === null ? null : this.box.seal(JSON.stringify(plain.value), belongsTo(sealed.of));
      if (text === null || isRefusal(text)) return sealedValue(sealed);
      renewed.set(sealed.text, text);
      return sealedValue({ of: sealed.of, text });
    });
  }

  /** A new secret for an attribute, sealed. */
  make(attrib: string, wish: Generate): Json | Refusal {
    return this.sealValue(attrib, this.maker.make(wish));
  }

  private openOne({ of, text }: SealedValue): { readonly value: Json } | null {
    const plain = this.box.open(text, belongsTo(of));
    return plain === null ? null : { value: JSON.parse(plain) as Json };
  }
}

/** For a process that was given no box: it can carry out whatever needs no secret. */
export const openWith = (sealed: SealedAttribs | undefined, value: Json): Opened | Refusal => {
  if (sealed) return sealed.open(value);
  const shut: string[] = [];
  mapSealed(value, (each) => {
    shut.push(each.of);
    return null;
  });
  return shut.length > 0 ? doesNotOpen(shut) : { value, secrets: [] };
};

const belongsTo = (attrib: string): string => `attrib/${attrib}`;

const doesNotOpen = (attribs: readonly string[]): Refusal =>
  refuse(
    'unavailable',
    `the secret ${[...new Set(attribs)].join(', ')} does not open with the key of this process: give it the secrets.key of the ` +
      'installation (or ANNEAL_SECRETS_KEY), or set the value anew.',
    { attribs: [...new Set(attribs)] },
  );
