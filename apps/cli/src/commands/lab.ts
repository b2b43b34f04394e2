import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installedIn } from '../client/home.js';
import { leaf, type Declare } from '../command/leaf.js';
import { EXIT, Stop } from '../exit.js';
import { byFields, type Look } from '../output/printer.js';

type LabMachine = Record<'name' | 'firmware' | 'mac', string> & { readonly on: boolean };

/** The server takes 45 s at the most. */
const START_MS_MAX = 60_000;

const MACHINES: Look = {
  columns: [{ field: 'name' }, { field: 'firmware' }, { field: 'mac' }, { field: 'on' }],
  nameOf: byFields('name'),
};

/**
 * `anneal lab`: the program of `npm run lab`, with whatever arguments it takes. Only a checkout has it. `machines` and `start`
 * are about the machines that it has made, and ask the server beside them.
 */
export const declare: Declare = (program, terminal) => {
  const lab = program
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
  leaf(lab, terminal, {
    usage: 'machines',
    summary: 'list the machines of the lab beside the server',
    run: async ({ client, printer }) => {
      const { items, reason } = await client.get<{ items: LabMachine[]; reason: string | null }>('lab.list');
      if (reason !== null && !printer.isData) return printer.say(reason);
      await printer.list(items, MACHINES);
    },
  });
  leaf(lab, terminal, {
    usage: 'start <machine...>',
    summary: 'switch machines of the lab on',
    says: 'As their power buttons do: each boots from its network, and becomes a node.',
    examples: ['anneal lab start anl0-machine-1'],
    run: async ({ client, printer }, [machines]) => {
      for (const key of machines as readonly string[]) {
        const { body } = await client.send<LabMachine>('lab.start', { params: { key }, withinMs: START_MS_MAX });
        await printer.row(body, MACHINES);
      }
    },
  });
};
