import { Text } from '@mantine/core';

/** Stands wherever figures stand, in the words of every report. */
export const Unofficial = () => <Text size="sm">Unofficial results: self-tests of clouds, approved by nobody.</Text>;
