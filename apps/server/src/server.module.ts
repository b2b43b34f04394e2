import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AdmittedGuard } from './auth/admitted.guard.js';
import { AnswerInterceptor } from './http/answer.interceptor.js';
import { CONTROLLERS } from './http/controllers.js';
import { ProblemFilter } from './http/problem.filter.js';

/** What the module is given: made outside, so that a test can give other ones. */
export interface ServerParts {
  readonly filter: ProblemFilter;
  readonly interceptor: AnswerInterceptor;
  /** What controllers ask for, by its token. */
  readonly injected: readonly Provider[];
}

/** Wires, and nothing else. */
@Module({})
export class ServerModule {
  static of({ filter, interceptor, injected }: ServerParts): DynamicModule {
    return {
      module: ServerModule,
      controllers: [...CONTROLLERS],
      providers: [
        { provide: APP_GUARD, useValue: new AdmittedGuard() },
        { provide: APP_INTERCEPTOR, useValue: interceptor },
        { provide: APP_FILTER, useValue: filter },
        ...injected,
      ],
    };
  }
}
