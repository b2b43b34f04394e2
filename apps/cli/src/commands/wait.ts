import { leaf, type Declare } from '../command/leaf.js';
import { parseDuration } from '../command/duration.js';
import { EXIT } from '../exit.js';
import { parseSubjects } from '../resource/subject.js';
import { parseCondition } from '../waiting/condition.js';
import { until } from '../waiting/until.js';
import { TIMEOUT_DEFAULT } from '../waiting/wait-options.js';

/** `anneal wait`: for scripts that go on when something is so. */
export const declare: Declare = (program, terminal) => {
  leaf<{ for: string; timeout: string; patient?: boolean }>(program, terminal, {
    usage: 'wait [what...]',
    summary: 'wait until something is so',
    says: 'Without a name: until everything is. Exit code 0 when it is so, 1 when a run has failed so that it cannot become so without a person, 5 when the time is up.',
    options: [
      ['--for <condition>', 'settled, deleted, or a field and its value such as state=active', 'settled'],
      ['--timeout <time>', 'how long at the most, such as 90s or 1h', TIMEOUT_DEFAULT],
      ['--patient', 'wait on although a run has failed'],
    ],
    examples: [
      'anneal wait',
      'anneal wait deployments/web --timeout 30m',
      'anneal wait nodes/node-1.example.test --for alive=true',
      'anneal wait web-server@node-1.example.test --for state=active',
    ],
    run: async (invocation, [words], options) => {
      const condition = parseCondition(options.for);
      const end = performance.now() + parseDuration(options.timeout, '--timeout');
      const subjects = parseSubjects((words as readonly string[] | undefined) ?? []);
      for (const subject of subjects.length > 0 ? subjects : [null])
        await until(invocation, subject, condition, {
          timeoutMs: Math.max(0, end - performance.now()),
          patient: options.patient ?? false,
        });
      return EXIT.ok;
    },
  });
};
