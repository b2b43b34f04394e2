import type { Refusal } from '#core';

/** What is wanted: an image that this host makes out of packages, or a ready-made one by the address of its manifest. */
export type ImageBuildWish = { readonly image: string } | { readonly manifest: string; readonly sha256: string | null };

export interface ImageBuildView {
  readonly id: string;
  /** The image, or the address that it is fetched from. */
  readonly what: string;
  readonly how: 'build' | 'fetch';
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** Null where nobody knows how much there is to do. */
  readonly percent: number | null;
  /** The last lines that were said, in order. */
  readonly lines: readonly string[];
  /** Of the content; null before it is known, and for what has several files. */
  readonly sha256: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/**
 * Makes and fetches images on the host of this server. It is work of one process and is forgotten with it: what was made is
 * kept by its content, so that asking once more is cheap and changes nothing.
 */
export abstract class ImageBuilds {
  /** The newest first. */
  abstract list(): readonly ImageBuildView[];
  abstract begin(wish: ImageBuildWish): Promise<ImageBuildView | Refusal>;
  abstract cancel(id: string): ImageBuildView | Refusal;
  /** Ends what goes on. */
  abstract stop(): Promise<void>;
}
