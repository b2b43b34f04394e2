import { pageOf, type CloudReply, type CloudRequest, type CloudState } from './state.js';

/** Glance: the list of images, whose next page is a path in `next`. */
export const answerImage = (state: CloudState, { method, path, query }: CloudRequest): CloudReply => {
  if (method !== 'GET' || path !== '/v2/images') return { status: 404 };
  const { items, next } = pageOf(state.images, query, Math.min(25, state.pageMax));
  return {
    status: 200,
    body: {
      images: items.map((image) => ({ ...image, status: 'active', visibility: 'public', virtual_size: null })),
      first: '/v2/images',
      schema: '/v2/schemas/images',
      ...(next === null ? {} : { next: `/v2/images?${next}` }),
    },
  };
};
