import { Controller, Inject } from '@nestjs/common';
import { machineRoutes } from '#api-types';
import { EnrolMachine } from '#app';
import { isRefusal } from '#core';
import { LoginThrottle } from '../../auth/login-throttle.js';
import { camelKeys } from '../camel-keys.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';

@Controller()
export class MachinesController {
  constructor(
    @Inject(EnrolMachine) private readonly enrolMachine: EnrolMachine,
    @Inject(LoginThrottle) private readonly throttle: LoginThrottle,
  ) {}

  @Serves(machineRoutes.enrol)
  async enrol(@Given() { body, address, secure, headers }: Given<typeof machineRoutes.enrol>) {
    const counted = [`enrol:${address}`];
    this.throttle.attempt(counted);
    let counts = false;
    try {
      const enrolled = await this.enrolMachine.execute({ ...camelKeys(body), address });
      counts = isRefusal(enrolled) && enrolled.code !== 'unavailable';
      return isRefusal(enrolled) ? enrolled : { ...enrolled, apiUrl: urlOf(headers['host'], secure) };
    } finally {
      // A fault of ours is none of the machine's.
      if (!counts) this.throttle.succeeded(counted);
    }
  }
}

/** As the machine reached us. */
const urlOf = (host: string | string[] | undefined, secure: boolean): string =>
  typeof host === 'string' ? `${secure ? 'https' : 'http'}://${host}` : '';
