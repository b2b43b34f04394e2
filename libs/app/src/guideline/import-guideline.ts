import {
  isMustPass,
  parseGuideline,
  refuse,
  testsOfProgram,
  type Guideline,
  type GuidelineKind,
  type Refusal,
} from '#core';
import type { ModelParts } from '../model-parts.js';
import type { GuidelineId, GuidelineView, ProgramOutline } from '../ports/guideline-store.js';
import type { Actor } from '../ports/unit-of-work.js';

export interface ImportGuidelineInput {
  /** The file as it came, decoded from UTF-8. */
  readonly text: string;
  /** What it is; by its shape when absent. */
  readonly kind?: GuidelineKind;
  /** Where it came from, for people. */
  readonly source?: string;
}

export interface ImportedGuideline {
  readonly guideline: GuidelineView;
  /** `unchanged`: this very file was there. `revised`: another file of the same name was there, and stays. */
  readonly outcome: 'created' | 'unchanged' | 'revised';
  /** The revision that was the newest before. */
  readonly previous: GuidelineView | null;
}

/**
 * Imports a guideline: read whole and checked before anything is written, kept as it came, and never changed afterwards. A
 * file that says something else under a known name is a new revision; what was measured by the old one stays with that.
 */
export class ImportGuideline {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids'>) {}

  async execute(actor: Actor, input: ImportGuidelineInput): Promise<ImportedGuideline | Refusal> {
    const { text, source = '' } = input;
    const reading = parseGuideline(text, input.kind ? { kind: input.kind } : {});
    if (reading.kind === 'refused') return refuseProblems(reading.problems);
    const { guideline, warnings } = reading;
    if (guideline.id.length > NAME_LENGTH_MAX)
      return refuseProblems([{ at: '', says: `the id has more than ${NAME_LENGTH_MAX} characters` }]);
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const { id: name, kind } = guideline;
      const digest = await tx.guidelines.digestOf(text);
      const known = await tx.guidelines.withDigest(name, kind, digest);
      if (known) return { guideline: known, outcome: 'unchanged', previous: known };
      const previous = await tx.guidelines.find(name, { kind });
      const id = this.parts.ids.next<GuidelineId>();
      await tx.guidelines.insert({
        id,
        name,
        kind,
        digest,
        raw: text,
        schema: guideline.schema,
        status: guideline.status,
        releases: guideline.releases,
        programs: guideline.programs.map(({ name: program }) => outlineOf(guideline, program)),
        warnings,
        source,
      });
      const imported = (await tx.guidelines.find(id)) as GuidelineView;
      tx.tell({
        kind: 'guideline.imported',
        data: {
          guideline: name,
          revision: imported.revision,
          digest,
          ...(previous ? { replaces: previous.digest } : {}),
        },
      });
      return { guideline: imported, outcome: previous ? 'revised' : 'created', previous };
    });
  }
}

/** It stands in addresses and in messages. */
const NAME_LENGTH_MAX = 200;

const outlineOf = (guideline: Guideline, name: string): ProgramOutline => {
  const program = guideline.programs.find((each) => each.name === name)!;
  const required = testsOfProgram(guideline, program).filter(({ status }) => status === 'required');
  return {
    name,
    title: program.title,
    components: program.components,
    tests: required.length,
    mustPass: required.filter(({ status, test }) => isMustPass(status, test)).length,
  };
};

const refuseProblems = (problems: readonly { readonly at: string; readonly says: string }[]): Refusal => {
  const [first] = problems;
  const more = problems.length > 1 ? `, and ${problems.length - 1} more; see fields` : '';
  return refuse(
    'invalid',
    `this is no guideline that can be used: ${first?.at ? `${first.at}: ` : ''}${first?.says}${more}.`,
    {
      errors: problems.map(({ at, says }) => ({ in: 'body', at, says })),
    },
  );
};

/** Deletes a guideline that no certification is about. */
export class RemoveGuideline {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: { readonly guideline: string }): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const guideline = await tx.guidelines.find(input.guideline, { lock: true });
      if (!guideline) return noGuideline(input.guideline);
      const uses = await tx.guidelines.uses(guideline.id);
      if (uses > 0)
        return refuse(
          'still-bound',
          `${uses} certifications are about guideline ${guideline.name} (revision ${guideline.revision}): what they found can only be read beside it, so it stays.`,
          { certifications: uses },
        );
      await tx.guidelines.delete(guideline.id);
      tx.tell({ kind: 'guideline.deleted', data: { guideline: guideline.name, revision: guideline.revision } });
      return { deleted: guideline.name };
    });
  }
}

export const noGuideline = (key: string): Refusal =>
  refuse(
    'not-found',
    `there is no guideline "${key.slice(0, 200)}": \`anneal guidelines list\` shows those that were imported, \`anneal guidelines import FILE\` brings one.`,
    { key: key.slice(0, 200) },
  );
