import type { Guideline } from '#core';

/** A guideline as its route shows it: programs with what they ask for, and every capability with its tests. */
export const capabilitiesAnswer = ({ programs, capabilities }: Guideline) => ({
  programs: programs.map((program) => ({
    name: program.name,
    title: program.title,
    description: program.description,
    capabilities: [...program.capabilities].map(([name, status]) => ({ name, status })),
  })),
  capabilities: [...capabilities.values()],
});
