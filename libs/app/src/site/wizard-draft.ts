import { refuse, refuseDocument, type JsonObject, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

/** What the install wizard has been told so far, kept with the installation so that it can be gone on with anywhere. */
export interface WizardDraft {
  readonly draft: JsonObject;
  readonly step: string;
  readonly finishedAt: string | null;
  readonly version: number;
}

/** Beside the settings that operators see. */
const KEY = 'wizard_draft';
const FIRST_STEP = 'host';
/** Words that would be a secret in a draft; it is stored in the open. */
const SECRETS = /password|secret|private_key/i;

export class ReadWizardDraft {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(): Promise<WizardDraft> {
    return this.parts.unitOfWork.read(read);
  }
}

export interface SaveWizardDraftInput {
  readonly draft: JsonObject;
  readonly step: string;
  readonly finished?: boolean;
  readonly version?: number;
}

export class SaveWizardDraft {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'clock'>) {}

  execute(
    actor: Actor,
    { draft, step, finished = false, version }: SaveWizardDraftInput,
  ): Promise<WizardDraft | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const before = await read(tx);
      const wrong =
        refuseStale('the draft of the wizard', before, version) ??
        refuseDocument('the draft of the wizard', draft) ??
        refuseSecrets(draft);
      if (wrong) return wrong;
      const finishedAt = finished ? new Date(this.parts.clock.now()).toISOString() : before.finishedAt;
      await tx.settings.put(KEY, { draft, step, finished_at: finishedAt });
      if (finished) tx.tell({ kind: 'wizard.finished', data: {} });
      return read(tx);
    });
  }
}

const refuseSecrets = (draft: JsonObject): Refusal | null =>
  SECRETS.test(Object.keys(flat(draft)).join(' '))
    ? refuse('invalid', 'the draft of the wizard is kept in the open: leave passwords and keys out of it.')
    : null;

const flat = (value: unknown, path = '', found: Record<string, unknown> = {}): Record<string, unknown> => {
  if (typeof value === 'object' && value !== null)
    for (const [key, each] of Object.entries(value)) flat(each, `${path}/${key}`, found);
  else found[path] = value;
  return found;
};

const read = async (tx: Transaction): Promise<WizardDraft> => {
  const stored = await tx.settings.get(KEY);
  const value = (stored?.value ?? {}) as { draft?: JsonObject; step?: string; finished_at?: string | null };
  return {
    draft: value.draft ?? {},
    step: value.step ?? FIRST_STEP,
    finishedAt: value.finished_at ?? null,
    version: stored?.version ?? 0,
  };
};
