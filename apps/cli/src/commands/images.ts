import type { Declare } from '../command/leaf.js';
import { declareBuild } from '../images/declare-build.js';

export const declare: Declare = (program, terminal) => {
  const images = program
    .command('images')
    .alias('image')
    .summary('systems that machines boot and are installed with')
    .description('Systems that machines boot and are installed with.')
    .helpCommand(false);
  declareBuild(images, terminal);
};
