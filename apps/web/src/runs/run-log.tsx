import '@xterm/xterm/css/xterm.css';
import { Anchor, Button, Group, Switch, Text, TextInput } from '@mantine/core';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'react';

interface LogLine {
  /** Its number, from 1. */
  readonly line: number;
  readonly at: string;
  readonly stream: 'out' | 'err' | 'anneal';
  readonly text: string;
}

/** Lines that can be scrolled back; the whole log can be downloaded. */
const SCROLLBACK = 50_000;
const ROWS = 24;
/** Found lines that are shown. */
const FOUND_MAX = 200;
/** How often the count of lines is drawn anew, in milliseconds. */
const DRAW_MS = 500;
/** How a line looks by where it came from: what the program says, what it complains of, what Anneal says. */
const LOOKS: Readonly<Record<LogLine['stream'], readonly [before: string, after: string]>> = {
  out: ['', ''],
  err: ['\u001b[33m', '\u001b[0m'],
  anneal: ['\u001b[36m', '\u001b[0m'],
};

/** The log of a run as it is written, in a terminal: follow or pause, search, download. */
export const RunLog = ({ runId }: { readonly runId: string }) => {
  const box = useRef<HTMLDivElement>(null);
  const terminal = useRef<Terminal | null>(null);
  const following = useRef(true);
  const [isFollowing, setFollowing] = useState(true);
  const [wanted, setWanted] = useState('');
  const [lines, setLines] = useState<readonly LogLine[]>([]);

  useEffect(() => {
    if (!box.current) return;
    const made = new Terminal({
      rows: ROWS,
      scrollback: SCROLLBACK,
      convertEol: true,
      disableStdin: true,
      screenReaderMode: true,
    });
    const fit = new FitAddon();
    made.loadAddon(fit);
    made.open(box.current);
    fit.fit();
    terminal.current = made;
    const source = new EventSource(`/api/v2/runs/${runId}/log?follow=true`);
    const heard: LogLine[] = [];
    let drawing: ReturnType<typeof setTimeout> | null = null;
    const take = ({ data }: MessageEvent<string>): void => {
      const line = JSON.parse(data) as LogLine;
      heard.push(line);
      made.writeln(drawn(line));
      if (following.current) made.scrollToBottom();
      drawing ??= setTimeout(() => {
        drawing = null;
        setLines([...heard]);
      }, DRAW_MS);
    };
    source.addEventListener('line', take);
    source.addEventListener('end', () => source.close());
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(box.current);
    return () => {
      source.close();
      observer.disconnect();
      if (drawing !== null) clearTimeout(drawing);
      made.dispose();
    };
  }, [runId]);

  const found = wanted === '' ? [] : lines.filter(({ text }) => text.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <>
      <Group mb="xs" gap="sm">
        <Switch
          label="Follow"
          checked={isFollowing}
          onChange={({ currentTarget }) => {
            following.current = currentTarget.checked;
            setFollowing(currentTarget.checked);
          }}
        />
        <TextInput
          aria-label="Search the log"
          placeholder="Search"
          size="xs"
          value={wanted}
          onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        />
        <Text size="sm" role="status">
          {wanted === '' ? `${lines.length} lines` : `${found.length} of ${lines.length} lines`}
        </Text>
        <Button
          size="compact-xs"
          variant="light"
          component="a"
          download={`run-${runId}.log`}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(lines.map(({ at, text }) => `${at} ${text}`).join('\n'))}`}
        >
          Download
        </Button>
        <Anchor size="sm" href={`/api/v2/runs/${runId}/log`}>
          As the API has it
        </Anchor>
      </Group>
      {wanted === '' ? null : (
        <pre>
          {found.slice(0, FOUND_MAX).map(({ line, text }) => (
            <div key={line}>
              {line} {text}
            </div>
          ))}
        </pre>
      )}
      <div ref={box} data-testid="run-log" />
    </>
  );
};

const drawn = ({ at, stream, text }: LogLine): string => {
  const [before, after] = LOOKS[stream] ?? LOOKS.out;
  return `\u001b[90m${at.slice(11, 19)}\u001b[0m ${before}${harmless(text)}${after}`;
};

/** What a program on a node prints must not steer the terminal of whoever reads it. */
const harmless = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  text.replaceAll(/\u001b\[[0-9;]*m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
