/**
 * Which volumes a RAID controller is to have, and what that takes. Nothing is done to a drive that was not granted by its
 * id: a volume is only deleted when every drive of it is granted, and a wish that would need another one is refused whole,
 * before the first step. What is there already and as wished is left alone, so that doing it twice changes nothing.
 */
export const RAID_LEVELS = ['RAID0', 'RAID1', 'RAID5', 'RAID10'] as const;
export type RaidLevel = (typeof RAID_LEVELS)[number];

export interface WantedVolume {
  readonly name: string;
  readonly level: RaidLevel;
  /** Ids of drives as the controller, or the operating system, knows them: the grant. */
  readonly drives: readonly string[];
}

export interface DriveFacts {
  readonly id: string;
  readonly serial: string | null;
  readonly bytes: number;
}

export interface VolumeFacts {
  readonly path: string;
  readonly name: string;
  readonly level: string;
  readonly drives: readonly string[];
}

export interface RaidPlan {
  readonly kind: 'plan';
  readonly remove: readonly VolumeFacts[];
  readonly make: readonly WantedVolume[];
}

const DRIVES_MIN: Readonly<Record<RaidLevel, number>> = { RAID0: 1, RAID1: 2, RAID5: 3, RAID10: 4 };

/** A drive is granted by its id or by its serial number, whichever the operator wrote. */
export const planRaid = (
  wanted: readonly WantedVolume[],
  drives: readonly DriveFacts[],
  volumes: readonly VolumeFacts[],
): RaidPlan | { readonly kind: 'refused'; readonly reason: string } => {
  const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
  const byWord = new Map(
    drives.flatMap((drive) => [drive.id, ...(drive.serial ? [drive.serial] : [])].map((word) => [word, drive.id])),
  );
  const taken = new Map<string, string>();
  const found: WantedVolume[] = [];
  for (const volume of wanted) {
    if (volume.drives.length < DRIVES_MIN[volume.level])
      return refused(
        `${volume.level} of ${volume.name} needs ${DRIVES_MIN[volume.level]} drives, and is given ${volume.drives.length}`,
      );
    if (volume.level === 'RAID10' && volume.drives.length % 2 !== 0)
      return refused(`RAID10 of ${volume.name} needs an even number of drives`);
    const ids: string[] = [];
    for (const word of volume.drives) {
      const id = byWord.get(word);
      if (id === undefined)
        return refused(
          `there is no drive ${word}; this machine has ${[...new Set(drives.map((drive) => drive.id))].join(', ') || 'none'}`,
        );
      const other = taken.get(id);
      if (other !== undefined) return refused(`drive ${word} is given to ${other} and to ${volume.name}`);
      taken.set(id, volume.name);
      ids.push(id);
    }
    found.push({ ...volume, drives: ids });
  }
  const isAsWished = (have: VolumeFacts): boolean =>
    found.some((want) => want.name === have.name && want.level === have.level && sameDrives(want.drives, have.drives));
  const inTheWay = volumes.filter((have) => !isAsWished(have) && have.drives.some((id) => taken.has(id)));
  for (const have of inTheWay) {
    const foreign = have.drives.find((id) => !taken.has(id));
    if (foreign !== undefined)
      return refused(`the volume ${have.name} has drive ${foreign}, which was not granted: nothing was touched`);
  }
  return {
    kind: 'plan',
    remove: inTheWay,
    make: found.filter(
      (want) =>
        !volumes.some(
          (have) => have.name === want.name && have.level === want.level && sameDrives(want.drives, have.drives),
        ),
    ),
  };
};

const sameDrives = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n');
