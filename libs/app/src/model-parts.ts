import type { SealedAttribs } from './attrib/sealed-attribs.js';
import type { Clock } from './ports/clock.js';
import type { IdSource } from './ports/id-source.js';
import type { ImageContents } from './ports/image-contents.js';
import type { MachinePower } from './ports/machine-power.js';
import type { SchemaValidator } from './ports/schema-validator.js';
import type { SecretBox } from './ports/secret-box.js';
import type { Signer } from './ports/signer.js';
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
  /** Where the contents of images are kept; absent where nobody keeps any, as in simulations. */
  readonly imageContents?: ImageContents;
  /** Machines' power, and the box for their secrets; absent where no machine is reached, as in simulations. */
  readonly power?: MachinePower;
  readonly secrets?: SecretBox;
  /** Vouches for evidence; absent where none is given out, as in simulations. */
  readonly signer?: Signer;
  /** Seals values of secret attributes; absent in simulations, where they stay as they are and none are made. */
  readonly sealed?: SealedAttribs;
  /** The port on which this server answers; null while it does not, absent in processes that are no server. */
  readonly apiPort?: () => number | null;
  /** Asked in this order; the first refusal counts. */
  readonly vetoes: readonly Veto[];
  /** Jigs that this installation can carry out, with a sentence about each. */
  readonly jigs: readonly { readonly name: string; readonly description: string }[];
}
