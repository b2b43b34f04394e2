import { close, closeSync, constants, fsync, fsyncSync, open, openSync, write } from 'node:fs';

/** Room is made this many bytes at a time, so that a commit writes into what is there and need not tell the size anew. */
const ROOM_BYTES = 2 ** 20;

/** A write returns when it is on the disk, as if fdatasync followed it: one call for what would be two. */
const CREATE_DURABLE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_DSYNC;

/** A file that is written from front to back, and is durable as far as it was written. */
export class Segment {
  private room = 0;
  private position = 0;

  private constructor(
    private readonly descriptor: number,
    readonly path: string,
  ) {}

  /** Creates the file; it must not exist. */
  static create(path: string, done: (error: Error | null, segment: Segment | null) => void): void {
    open(path, CREATE_DURABLE, 0o600, (error, descriptor) => {
      if (error) done(error, null);
      else done(null, new Segment(descriptor, path));
    });
  }

  get bytes(): number {
    return this.position;
  }

  /** Appends and makes durable; one call at a time. */
  append(bytes: Buffer, done: (error: Error | null) => void): void {
    this.makeRoom(bytes.length, (error) => {
      if (error) return done(error);
      this.writeAll(bytes, this.position, (writeError) => {
        if (writeError) return done(writeError);
        this.position += bytes.length;
        done(null);
      });
    });
  }

  close(done: (error: Error | null) => void): void {
    close(this.descriptor, (error) => done(error ?? null));
  }

  private makeRoom(bytes: number, done: (error: Error | null) => void): void {
    if (this.position + bytes <= this.room) return done(null);
    const more = Math.max(ROOM_BYTES, bytes);
    this.writeAll(Buffer.alloc(more), this.position, (error) => {
      if (error) return done(error);
      this.room = this.position + more;
      fsync(this.descriptor, done);
    });
  }

  private writeAll(bytes: Buffer, at: number, done: (error: Error | null) => void): void {
    write(this.descriptor, bytes, 0, bytes.length, at, (error, written) => {
      if (error) return done(error);
      if (written === bytes.length) return done(null);
      this.writeAll(bytes.subarray(written), at + written, done);
    });
  }
}

/** Makes what was created, renamed or removed in a folder durable. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
