import { editRows } from '../dns/edit-rows.js';
import type { ModelParts } from '../model-parts.js';
import { DeleteBootenv, DeleteTemplate } from './delete.js';
import { bootenvNoun, templateNoun } from './nouns.js';
import { RenderBootenv } from './render-bootenv.js';
import { ShowBootenv } from './show-bootenv.js';

/** What may be done about boot environments and their templates. */
export const bootenvUseCases = (parts: ModelParts) => ({
  templates: { ...editRows(parts, templateNoun(parts.templates)), remove: new DeleteTemplate(parts) },
  bootenvs: {
    ...editRows(parts, bootenvNoun(parts.templates)),
    show: new ShowBootenv(parts),
    remove: new DeleteBootenv(parts),
  },
  renderBootenv: new RenderBootenv(parts, parts.templates),
});
