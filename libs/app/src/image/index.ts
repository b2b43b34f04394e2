import { isRefusal } from '#core';
import { editRows, type EditedUseCases } from '../dns/edit-rows.js';
import type { ModelParts } from '../model-parts.js';
import type { ImageView, NewImage } from '../ports/image-store.js';
import { bootenvErrors, contentErrors } from './find-errors.js';
import { imageNoun } from './noun.js';

/** What may be done about images. Whoever registers or changes one is told at once why it cannot be installed yet. */
export const imageUseCases = (parts: ModelParts): { readonly images: EditedUseCases<ImageView, NewImage> } => {
  const plain = editRows(parts, imageNoun);
  const errorsOf = async (row: Omit<NewImage, 'id'>): Promise<readonly string[]> => [
    ...(await contentErrors(parts.imageContents, row)),
    ...(await parts.unitOfWork.read((tx) => bootenvErrors(tx, row.bootenv))),
  ];
  return {
    images: {
      ...plain,
      create: { execute: async (actor, row) => plain.create.execute(actor, { ...row, errors: await errorsOf(row) }) },
      update: {
        execute: async (actor, { change, ...which }) => {
          const before = await plain.show.execute(which);
          if (isRefusal(before)) return before;
          const errors = await errorsOf({ ...before, ...change });
          return plain.update.execute(actor, { ...which, change: { ...change, errors } });
        },
      },
    },
  };
};
