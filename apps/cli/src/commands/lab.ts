import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installedIn } from '../client/home.js';
import type { Declare } from '../command/leaf.js';
import { EXIT, Stop } from '../exit.js';

/** `anneal lab`: the program of `npm run lab`, with whatever arguments it takes. Only a checkout has it. */
export const declare: Declare = (program, terminal) => {
  program
    .command('lab')
    .summary('try it with machines made on this host')
    .description(
      'Makes container nodes on this host and takes them from known and alive to a settled deployment. The same as `npm run lab`; docs/lab.md tells more.',
    )
    .argument('[arguments...]', 'what the lab takes')
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action(async (args: string[]) => {
      const main = join(installedIn(), 'dist', 'deploy', 'lab', 'main.js');
      if (!existsSync(main))
        throw new Stop(
          EXIT.failed,
          'The lab is not part of this installation.',
          'It comes with a checkout of the sources: run `npm run lab` there.',
        );
      const { spawn } = await import('node:child_process');
      const child = spawn(process.execPath, ['--enable-source-maps', main, ...args], {
        stdio: 'inherit',
        env: terminal.env,
      });
      // Ctrl-C reaches the lab from the terminal; other signals are handed on, and we end when it has tidied up.
      terminal.signal.addEventListener(
        'abort',
        () => void (terminal.signal.reason === 'SIGINT' || child.kill(terminal.signal.reason as NodeJS.Signals)),
        { once: true },
      );
      terminal.exitCode = await new Promise<number>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code, signal) => resolve(code ?? (signal ? EXIT.failed : EXIT.ok)));
      });
    });
};
