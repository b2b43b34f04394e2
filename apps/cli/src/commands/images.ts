import type { Declare } from '../command/leaf.js';
import { declareFetch } from '../images/declare-fetch.js';
import { declareBuild } from '../images/declare-build.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  const images = declareNoun(program, terminal, {
    name: 'images',
    aliases: ['image'],
    summary: 'Systems that machines boot and are installed with',
    one: 'image',
    key: 'image',
    tag: 'images',
    look: {
      columns: [
        { field: 'name' },
        { field: 'kind' },
        { field: 'bootenv' },
        { field: 'layouts' },
        { field: 'errors' },
        { field: 'description', wide: true },
        { field: 'sha256', wide: true },
        { field: 'bytes', wide: true },
        { field: 'version', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    examples: {
      create: [
        `anneal images create golden-9 'os={"family":"debian","version":"12","codename":"bookworm","arch":"x86_64"}' sha256=... bytes=104814766 raw_bytes=468713472`,
      ],
    },
  });
  declareBuild(images, terminal);
  declareFetch(images, terminal);
};
