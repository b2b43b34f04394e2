import type { Clock } from './ports/clock.js';
import type { IdSource } from './ports/id-source.js';
import type { SchemaValidator } from './ports/schema-validator.js';
import type { TemplateRenderer } from './ports/template-renderer.js';
import type { UnitOfWork } from './ports/unit-of-work.js';
import type { Veto } from './ports/veto.js';

/** What the model's use cases are made of. */
export interface ModelParts {
  readonly unitOfWork: UnitOfWork;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly schemas: SchemaValidator;
  /** The template language of boot environments. */
  readonly templates: TemplateRenderer;
  /** Asked in this order; the first refusal counts. */
  readonly vetoes: readonly Veto[];
  /** Jigs that this installation can carry out, with a sentence about each. */
  readonly jigs: readonly { readonly name: string; readonly description: string }[];
}
