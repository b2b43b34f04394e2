import { Controller, Inject } from '@nestjs/common';
import { runRoutes } from '#api-types';
import { isRefusal, type JsonObject } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { LogReader } from './log-reader.js';

@Controller()
export class RunsController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(LogReader) private readonly logs: LogReader,
  ) {}

  @Serves(runRoutes.list)
  list(@Given() { query }: Given<typeof runRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listRuns.execute(list));
  }

  @Serves(runRoutes.show)
  show(@Given() { params }: Given<typeof runRoutes.show>) {
    return this.model.showRun.execute({ run: params.key });
  }

  @Serves(runRoutes.log)
  log(@Given() { params, query, headers, signal }: Given<typeof runRoutes.log>) {
    return this.logs.answer(params.key, { query, headers, signal });
  }

  @Serves(runRoutes.cancel)
  async cancel(@Given() { actor, params }: Given<typeof runRoutes.cancel>) {
    const cancelled = await this.model.cancelRun.execute(actor, { run: params.key });
    return isRefusal(cancelled) ? cancelled : { ...cancelled.run, cancel: cancelled.cancel };
  }

  @Serves(runRoutes.report)
  report(@Given() { principal, params, body }: Given<typeof runRoutes.report>) {
    const { exit_code: exitCode, reboot_needed: rebootNeeded, outputs, ...rest } = body;
    return this.model.reportRun.execute(principal!, {
      ...rest,
      run: params.key,
      exitCode,
      rebootNeeded,
      outputs: outputs as JsonObject,
    });
  }
}
