import { useEffect, useState } from 'react';

export interface Answer<Data> {
  /** The last answer, also while the next one is under way. */
  data: Data | undefined;
  error: Error | undefined;
  isLoading: boolean;
  retry: () => void;
}

/** Asks anew whenever the key changes; with no key, nothing is asked and nothing known. */
export function useAnswer<Data>(key: string | null, ask: () => Promise<Data>): Answer<Data> {
  const [known, setKnown] = useState<{ key: string; data?: Data; error?: Error } | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (key === null) {
      setKnown(null);
      return;
    }
    let isWanted = true;
    ask().then(
      (data) => isWanted && setKnown({ key, data }),
      (error: Error) => isWanted && setKnown({ key, error }),
    );
    return () => {
      isWanted = false;
    };
    // The key tells everything that the question depends on.
  }, [key, attempt]);
  const isCurrent = known?.key === key;
  return {
    data: key === null ? undefined : known?.data,
    error: isCurrent ? known?.error : undefined,
    isLoading: key !== null && !isCurrent,
    retry: () => {
      setKnown(null);
      setAttempt(attempt + 1);
    },
  };
}
