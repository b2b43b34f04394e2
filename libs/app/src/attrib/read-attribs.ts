import {
  isRefusal,
  resolveAttrib,
  sameJson,
  type AttribSources,
  type Json,
  type JsonSchema,
  type Provenance,
  type Refusal,
} from '#core';
import type { ModelParts } from '../model-parts.js';
import { missing } from '../named.js';
import type { DeclaredAttrib } from '../ports/attrib-store.js';
import { HIDDEN } from './hide-secrets.js';
import { placed } from './placed.js';
import { findTarget, layersOf, type AttribTarget } from './target.js';

export interface AttribValueView {
  readonly name: string;
  readonly description: string;
  readonly kind: 'input' | 'output';
  readonly map: string;
  readonly schema: JsonSchema | null;
  readonly writable: boolean;
  readonly secret: boolean;
  readonly order: number;
  readonly uiRenderer: string | null;
  /** Whether there is a value; null may be one. */
  readonly isSet: boolean;
  /** Hidden where the attribute is secret. */
  readonly value: Json;
  /** Where it comes from, the layer that wins first. */
  readonly provenance: readonly Provenance[];
  /** What it will be once what is proposed is committed; absent where that changes nothing. */
  readonly proposed?: { readonly isSet: boolean; readonly value: Json; readonly provenance: readonly Provenance[] };
  /** The noderoles it is read from, for an attribute that is wanted of others; then there is a value for each. */
  readonly from?: readonly { readonly name: string; readonly value: Json }[];
}

/** The attributes of a node, role, deployment role or noderole, with their values and where these come from. */
export class ReadAttribs {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(target: AttribTarget): Promise<AttribValueView[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const found = await findTarget(tx, target);
      if (isRefusal(found)) return found;
      const { declared, committed, proposed, wanted } = await layersOf(tx, found);
      return [
        ...declared.map((attrib) => own(attrib, committed, proposed)),
        ...wanted.map(({ attrib, from }): AttribValueView => {
          const values = from.map(({ name, sources }) => ({ name, ...resolved(attrib, sources) }));
          const [first] = values;
          return {
            ...shape(attrib),
            writable: false,
            isSet: first?.isSet ?? false,
            value: first?.value ?? null,
            provenance: first?.provenance ?? [],
            from: values.map(({ name, value }) => ({ name, value })),
          };
        }),
      ];
    });
  }
}

/** One attribute of these. */
export class ReadAttrib {
  private readonly all: ReadAttribs;

  constructor(parts: Pick<ModelParts, 'unitOfWork'>) {
    this.all = new ReadAttribs(parts);
  }

  async execute(target: AttribTarget, name: string): Promise<AttribValueView | Refusal> {
    const values = await this.all.execute(target);
    if (isRefusal(values)) return values;
    return (
      values.find((value) => value.name === name) ??
      missing('attribute', name, `there are ${values.map((value) => value.name).join(', ') || 'none here'}`)
    );
  }
}

const own = (declared: DeclaredAttrib, committed: AttribSources, proposed: AttribSources): AttribValueView => {
  const now = resolved(declared, committed);
  const then = proposed === committed ? now : resolved(declared, proposed);
  const differs = now.isSet !== then.isSet || !sameJson(now.raw, then.raw);
  const { raw: _now, ...shown } = now;
  const { raw: _then, ...coming } = then;
  return { ...shape(declared), ...shown, ...(differs ? { proposed: coming } : {}) };
};

const shape = ({ name, description, kind, map, schema, writable, secret, order, uiRenderer }: DeclaredAttrib) => ({
  name,
  description,
  kind,
  map,
  schema,
  writable,
  secret,
  order,
  uiRenderer,
});

const resolved = (
  declared: DeclaredAttrib,
  sources: AttribSources,
): { isSet: boolean; value: Json; provenance: readonly Provenance[]; raw: Json | undefined } => {
  const { value, provenance } = resolveAttrib(sources, placed(declared));
  return {
    isSet: value !== undefined,
    value: value === undefined ? null : declared.secret ? HIDDEN : value,
    provenance,
    raw: value,
  };
};
