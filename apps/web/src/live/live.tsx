import { createContext, useCallback, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { forget } from '../api/query';
import { follow, type Interest, type LiveEvent } from './follow';

/** Tells whether a stream of this page is connected; null when it is no longer wanted. Never changes. */
type Report = (stream: symbol, connected: boolean | null) => void;

const ReportContext = createContext<Report>(() => undefined);
const CutOffContext = createContext(false);

/** Knows whether what is shown is fed; the banner asks it. */
export const LiveProvider = ({ children }: { readonly children: ReactNode }) => {
  const [streams, setStreams] = useState<ReadonlyMap<symbol, boolean>>(new Map());
  const report = useCallback<Report>(
    (stream, connected) =>
      setStreams((before) => {
        if ((before.get(stream) ?? null) === connected) return before;
        const after = new Map(before);
        if (connected === null) after.delete(stream);
        else after.set(stream, connected);
        return after;
      }),
    [],
  );
  return (
    <ReportContext value={report}>
      <CutOffContext value={[...streams.values()].includes(false)}>{children}</CutOffContext>
    </ReportContext>
  );
};

export const useIsCutOff = (): boolean => useContext(CutOffContext);

/**
 * Keeps what is shown of some resources fresh for as long as the component is there. `onNews` hears the events themselves;
 * without it the resources are read again. Without an interest nothing is followed.
 */
export const useLive = (
  interest: Interest | null,
  resources: readonly string[],
  onNews?: (events: readonly LiveEvent[]) => void,
): void => {
  const report = useContext(ReportContext);
  const latest = useRef(onNews);
  latest.current = onNews;
  const wanted = JSON.stringify([interest, resources]);
  useEffect(() => {
    const [about, read] = JSON.parse(wanted) as [Interest | null, string[]];
    if (about === null) return;
    const key = Symbol('stream');
    const stop = follow(about, {
      news: (events) => (latest.current ? latest.current(events) : forget(...read)),
      resync: () => forget(...read),
      connected: (yes) => report(key, yes),
    });
    return () => {
      stop();
      report(key, null);
    };
  }, [wanted, report]);
};
