import { Controller, Inject } from '@nestjs/common';
import { installRoutes } from '#api-types';
import { InstallReports } from '#app';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { pageAnswer } from '../page-answer.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { bearerOf } from './bearer.js';

@Controller()
export class InstallsController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(InstallReports) private readonly reports: InstallReports,
  ) {}

  @Serves(installRoutes.list)
  list(@Given() { query }: Given<typeof installRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listInstalls.execute(list));
  }

  @Serves(installRoutes.show)
  show(@Given() { params }: Given<typeof installRoutes.show>) {
    return this.model.showInstall.execute({ install: params.key });
  }

  @Serves(installRoutes.cancel)
  cancel(@Given() { actor, params }: Given<typeof installRoutes.cancel>) {
    return this.model.cancelInstall.execute(actor, { install: params.key });
  }

  @Serves(installRoutes.retry)
  retry(@Given() { actor, params, body }: Given<typeof installRoutes.retry>) {
    return this.model.retryInstall.execute(actor, { install: params.key, ...body });
  }

  @Serves(installRoutes.progress)
  progress(@Given() { params, body, headers, address }: Given<typeof installRoutes.progress>) {
    const { log, disks, percent, boot_id: bootId, ...rest } = body;
    return this.reports.progress.execute({
      ...rest,
      install: params.key,
      token: bearerOf(headers),
      address,
      bootId: bootId ?? null,
      percent: percent === null ? null : Math.round(percent),
      lines: log,
      disks: disks ?? null,
    });
  }

  @Serves(installRoutes.finish)
  finish(@Given() { params, body, headers, address, signal }: Given<typeof installRoutes.finish>) {
    const { outcome, reason, host_key: hostKey, log_tail: lines, boot_id: bootId, uuid, macs } = body;
    return this.reports.finish.execute(
      { install: params.key, token: bearerOf(headers), address, bootId: bootId ?? null, uuid, macs },
      { outcome, reason, hostKey, lines },
      signal,
    );
  }

  @Serves(installRoutes.join)
  join(@Given() { params, body, address }: Given<typeof installRoutes.join>) {
    const { token, host_key: hostKey, boot_id: bootId, uuid, macs } = body;
    return this.reports.join.execute({ install: params.key, token, address, bootId, hostKey, uuid, macs });
  }
}
