import { Controller, Inject } from '@nestjs/common';
import { setupRoutes } from '#api-types';
import { isRefusal } from '#core';
import { LoginThrottle } from '../../auth/login-throttle.js';
import { HostFiles } from '../../auth/host-files.js';
import { ACCESS, type AccessUseCases } from '../../injected.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class SetupController {
  constructor(
    @Inject(ACCESS) private readonly access: AccessUseCases,
    @Inject(LoginThrottle) private readonly throttle: LoginThrottle,
    @Inject(HostFiles) private readonly files: HostFiles,
  ) {}

  @Serves(setupRoutes.show)
  async show() {
    return { needed: await this.access.isSetupNeeded.execute() };
  }

  @Serves(setupRoutes.create)
  async create(@Given() { body, address }: Given<typeof setupRoutes.create>) {
    const counted = [`setup:${address}`];
    this.throttle.attempt(counted);
    const user = await this.access.makeFirstAdministrator.execute(body);
    if (isRefusal(user)) return user;
    this.throttle.succeeded(counted);
    this.files.forgetCode();
    return user;
  }
}
