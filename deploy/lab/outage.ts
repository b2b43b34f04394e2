import type { LabApi } from './api.js';
import type { ContainerNode } from './container-node.js';
import type { Progress } from './progress.js';

/** Liveness looks every few seconds and wants to fail twice. */
const FOUND_DEAD_MS = 60_000;
const LOOK_MS = 300;

/** Cuts the power of a node, waits until it is found dead, and gives the power back. */
export const cutPower = async (api: LabApi, node: ContainerNode, progress: Progress): Promise<void> => {
  progress.say(`${node.name}: power cut`);
  await node.kill();
  const until = performance.now() + FOUND_DEAD_MS;
  for (;;) {
    const { alive } = await api.get<{ alive: boolean }>(`nodes/${node.name}`);
    if (!alive) break;
    if (performance.now() > until)
      throw new Error(`${node.name} lost its power and is still believed to be alive after ${FOUND_DEAD_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  progress.say(`${node.name}: found dead, power back`);
  await node.return();
};
