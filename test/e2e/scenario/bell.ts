import { News } from '#app';

/** News that can also be rung by hand, so that a pass need not wait for the engine's timer. */
export class Bell extends News {
  private readonly listeners = new Set<(last?: number) => void>();

  constructor(private readonly inner: News) {
    super();
  }

  ring(): void {
    for (const onNews of this.listeners) onNews();
  }

  override async listen(onNews: (last?: number) => void): Promise<{ close(): Promise<void> }> {
    const listening = await this.inner.listen(onNews);
    this.listeners.add(onNews);
    return {
      close: async () => {
        this.listeners.delete(onNews);
        await listening.close();
      },
    };
  }
}
