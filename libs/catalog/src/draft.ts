/**
 * A barclamp between its YAML and its document: read, with the place of every word that may still turn out to be wrong.
 * Both readers, Anneal's and the original's, end here, so that every check is written once.
 */
import type { Generate, Json, JsonObject, RoleScope } from '#core';
import type { EventHookDocument, JsonSchema, RetryDocument, RoleFileDocument } from './document.js';
import type { Place } from './problem.js';
import type { Word } from './yaml/map-reader.js';
import type { Tree } from './yaml/tree.js';

export interface BarclampDraft {
  readonly format: 'anneal' | 'crowbar';
  readonly at: Place;
  readonly name: Word | undefined;
  readonly display: string | undefined;
  readonly description: string;
  readonly version: string;
  readonly parent: string | undefined;
  readonly sourceUrl: string | undefined;
  readonly license: string | undefined;
  readonly requires: readonly Word[];
  readonly jigs: readonly JigDraft[];
  readonly roles: readonly RoleDraft[];
  readonly attribs: readonly AttribDraft[];
  readonly extras: JsonObject;
}

export interface JigDraft {
  readonly name: Word | undefined;
  readonly description: string;
  readonly clientRole: Word | undefined;
  readonly class: string | undefined;
}

export interface RoleDraft {
  readonly at: Place;
  readonly name: Word | undefined;
  readonly description: string;
  readonly jig: Word | undefined;
  readonly flags: readonly Word[];
  readonly requires: readonly Word[];
  readonly wants: readonly WantDraft[];
  readonly provides: readonly Word[];
  readonly conflicts: readonly Word[];
  readonly attaches: readonly Word[];
  readonly preceeds: readonly Word[];
  readonly attribs: readonly AttribDraft[];
  readonly outputs: readonly AttribDraft[];
  readonly onError: 'node' | 'descendants';
  readonly onRerunFailure: 'warn' | 'block';
  readonly scope: RoleScope;
  readonly retry: (RetryDocument & { readonly at: Place }) | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly priority: number;
  readonly template: Written | undefined;
  /** Files that stand in the YAML itself. */
  readonly files: readonly RoleFileDocument[];
  readonly events: readonly EventHookDocument[];
  readonly notes: string;
  readonly documentation: string;
  readonly extras: JsonObject;
}

export interface WantDraft {
  readonly attrib: Word;
  readonly at: Word | undefined;
}

/** A value and the YAML it was written as. */
export interface Written<Value = Json> {
  readonly value: Value;
  readonly tree: Tree;
}

export interface GenerateDraft {
  readonly at: Place;
  readonly value: Generate;
}

export interface AttribDraft {
  readonly at: Place;
  readonly name: Word | undefined;
  readonly description: string;
  readonly map: Word | undefined;
  readonly schema: Written<JsonSchema> | undefined;
  readonly default: Written | undefined;
  readonly writable: boolean | undefined;
  readonly secret: boolean;
  readonly generate: GenerateDraft | undefined;
  readonly order: number;
  readonly uiRenderer: string | undefined;
  readonly kind: 'input' | 'output';
}
