import '@xterm/xterm/css/xterm.css';
import { ActionIcon, Anchor, Button, CopyButton, Group, NumberInput, Switch, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { followLog } from './follow-log';
import { addressOf, asFile, linesWith, type LogLine } from './log-line';
import { logTerminal, type LogTerminal } from './log-terminal';
import { save } from './save';

/** How often the count of lines is drawn anew, in milliseconds. */
const DRAW_MS = 500;

export interface RunLogProps {
  readonly runId: string;
  /** The line that is shown first; then what comes is not followed. */
  readonly line?: number | null;
  /** Hears which line was chosen. */
  readonly onLine?: (line: number) => void;
}

/** The log of a run as it is written, in a terminal: follow or pause, search, download, and an address for every line. */
export const RunLog = ({ runId, line: first = null, onLine }: RunLogProps) => {
  const box = useRef<HTMLDivElement>(null);
  const terminal = useRef<LogTerminal | null>(null);
  const following = useRef(first === null);
  const [isFollowing, setFollowing] = useState(first === null);
  const [wanted, setWanted] = useState('');
  const [at, setAt] = useState<number | null>(null);
  const [chosen, setChosen] = useState<number | null>(first);
  const [isChosenShown, setChosenShown] = useState(true);
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [ended, setEnded] = useState<string | null>(null);
  const [isCutOff, setCutOff] = useState(false);

  const follow = (yes: boolean): void => {
    following.current = yes;
    setFollowing(yes);
    if (yes) terminal.current?.toEnd();
  };
  const choose = (line: number): void => {
    follow(false);
    setChosen(line);
    const { current } = terminal;
    current?.settled(() => setChosenShown(current.show(line)));
    onLine?.(line);
  };
  const chosenByNumber = useRef(choose);
  chosenByNumber.current = choose;

  useEffect(() => {
    if (!box.current) return;
    const made = logTerminal(box.current, (line) => chosenByNumber.current(line));
    terminal.current = made;
    const heard: LogLine[] = [];
    let drawing: ReturnType<typeof setTimeout> | null = null;
    const draw = (): void => {
      drawing = null;
      setLines([...heard]);
    };
    const showFirst = (): void =>
      made.settled(() => {
        if (first !== null && !following.current) setChosenShown(made.show(first));
      });
    const stop = followLog(runId, {
      line: (line) => {
        heard.push(line);
        made.write(line);
        if (following.current) made.toEnd();
        if (line.line === first) showFirst();
        drawing ??= setTimeout(draw, DRAW_MS);
      },
      end: (state) => {
        if (drawing !== null) clearTimeout(drawing);
        draw();
        setEnded(state ?? 'gone');
        if (first !== null && !heard.some(({ line }) => line === first)) showFirst();
      },
      connected: (yes) => setCutOff(!yes),
    });
    return () => {
      stop();
      if (drawing !== null) clearTimeout(drawing);
      made.dispose();
    };
  }, [runId, first]);

  const hits = useMemo(() => (wanted === '' ? [] : linesWith(lines, wanted)), [lines, wanted]);
  const go = (to: number | undefined): void => {
    if (to === undefined) return;
    follow(false);
    setAt(to);
    const { current } = terminal;
    current?.settled(() => current.show(to, wanted));
  };
  /** Round about: behind the last hit comes the first. */
  const next = (): void => go(hits.find((line) => line > (at ?? 0)) ?? hits[0]);
  const previous = (): void => go(hits.findLast((line) => line < (at ?? Infinity)) ?? hits.at(-1));
  const goToFirst = useRef(next);
  goToFirst.current = next;
  // The first hit may come long after it was asked for.
  const isSearching = at === null && hits.length > 0;
  useEffect(() => {
    if (isSearching) goToFirst.current();
  }, [isSearching, wanted]);
  return (
    <>
      <Group mb="xs" gap="sm">
        <Switch label="Follow" checked={isFollowing} onChange={({ currentTarget }) => follow(currentTarget.checked)} />
        <Group gap={4} wrap="nowrap">
          <TextInput
            aria-label="Search the log"
            placeholder="Search"
            size="xs"
            value={wanted}
            onChange={({ currentTarget }) => {
              setWanted(currentTarget.value);
              setAt(null);
            }}
            onKeyDown={({ key, shiftKey }) => {
              if (key === 'Enter') (shiftKey ? previous : next)();
            }}
          />
          <ActionIcon variant="light" aria-label="Previous hit" disabled={hits.length === 0} onClick={previous}>
            <IconArrowUp size={14} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="light" aria-label="Next hit" disabled={hits.length === 0} onClick={next}>
            <IconArrowDown size={14} aria-hidden />
          </ActionIcon>
        </Group>
        <Text size="sm" role="status">
          {wanted === ''
            ? `${lines.length} lines`
            : at !== null && hits.includes(at)
              ? `hit ${hits.indexOf(at) + 1} of ${hits.length}, in line ${at}`
              : `in ${hits.length} of ${lines.length} lines`}
          {ended === null
            ? isCutOff
              ? ' · cut off: it goes on by itself'
              : ''
            : ` · ended: ${ended.replace('-', ' ')}`}
        </Text>
        <NumberInput
          aria-label="Line"
          placeholder="Line"
          size="xs"
          w={90}
          min={1}
          allowDecimal={false}
          hideControls
          value={chosen ?? ''}
          onChange={(to) => {
            if (typeof to === 'number' && to >= 1) choose(to);
          }}
        />
        {chosen === null ? null : <LineLink runId={runId} line={chosen} />}
        <Button size="compact-xs" variant="light" onClick={() => save(asFile(lines), `run-${runId}.log`)}>
          Download
        </Button>
        <Anchor size="sm" href={`/api/v2/runs/${runId}/log`}>
          As the API has it
        </Anchor>
      </Group>
      {chosen !== null && !isChosenShown ? (
        <Text size="sm" role="alert">
          Line {chosen} is not in view: the log ends before it, or it is so far back that only the download has it.
        </Text>
      ) : null}
      <div ref={box} data-testid="run-log" />
    </>
  );
};

const LineLink = ({ runId, line }: { readonly runId: string; readonly line: number }) => {
  const address = addressOf(runId, line);
  return (
    <Group gap="xs" wrap="nowrap">
      <Anchor size="sm" href={address}>
        Line {line}
      </Anchor>
      <CopyButton value={`${globalThis.location.origin}${address}`}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="light" onClick={copy}>
            {copied ? 'Copied' : 'Copy the link to this line'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
};
