import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invariant } from '#core';
import { ROUTE_METADATA } from '../http/route/serves.js';

/**
 * Denies by default. Admission has decided long before; this makes sure that it decided about the very route whose method
 * is going to be called, so that no controller can be reached around it.
 */
@Injectable()
export class AdmittedGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const declared: unknown = Reflect.getMetadata(ROUTE_METADATA, context.getHandler());
    const { admitted, route } = context.switchToHttp().getRequest<FastifyRequest>().anneal;
    invariant(declared, `${context.getClass().name}.${context.getHandler().name} serves no route of the table`);
    invariant(
      admitted && route === declared,
      `${context.getClass().name}.${context.getHandler().name} was reached without admission`,
    );
    return true;
  }
}
