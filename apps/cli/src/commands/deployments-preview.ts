import { leaf, type Declare } from '../command/leaf.js';
import { EXIT } from '../exit.js';
import { ROLLOUT_OPTIONS, rolloutOf, type RolloutFlags } from '../manifest/rollout.js';
import { changesNothing, previewText, type Preview } from '../manifest/preview.js';

/** `anneal deployments preview`: what a commit with the same options would do. */
export const declarePreview: Declare = (deployments, terminal) => {
  leaf<RolloutFlags>(deployments, terminal, {
    usage: 'preview <deployment>',
    summary: 'say what a commit would do, and do nothing',
    options: ROLLOUT_OPTIONS,
    run: async ({ client, printer }, [key], options) => {
      const rollout = rolloutOf(options);
      const { body } = await client.send<Preview>('deployments.preview', {
        params: { key: String(key) },
        body: rollout ? { rollout } : {},
      });
      if (printer.isData) await printer.document(body);
      else
        printer.say(
          changesNothing(body) ? 'A commit would change nothing.' : previewText(body, printer.palette).join('\n'),
        );
      return EXIT.ok;
    },
  });
};
