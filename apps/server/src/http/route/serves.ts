import { applyDecorators, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import type { Route } from '#api-types';

export const ROUTE_METADATA = 'anneal:route';

/**
 * Says which route of the table a method serves. Path, method, status, roles, validation and documentation all come from
 * there, so a controller holds nothing but the call.
 */
export const Serves = (route: Route): MethodDecorator =>
  applyDecorators(
    RequestMapping({ path: route.path, method: RequestMethod[route.method] }),
    SetMetadata(ROUTE_METADATA, route),
  );
