import { useEffect, useId, useMemo, useState } from 'react';
import { FIRST_DAY, LAST_DAY } from './data/api';
import type { Month } from './data/types';
import { dayText, monthText } from './language';
import { texts } from './texts';

interface Props {
  months: Month[];
  day: string | null;
  today: string;
  /** The day compared with, marked on the scale. */
  since: string | null;
  isBusy: boolean;
  onChange: (day: string | null) => void;
}

const FIRST_YEAR = Number(FIRST_DAY.slice(0, 4));
const YEARS = Number(LAST_DAY.slice(0, 4)) - FIRST_YEAR + 1;
const SPAN = YEARS * 12;
/** Months that one step of playing goes on. */
const STEP = 3;
const PACE = 450;

const indexOf = (day: string): number => (Number(day.slice(0, 4)) - FIRST_YEAR) * 12 + Number(day.slice(5, 7)) - 1;

function monthAt(index: number): string {
  const month = String((index % 12) + 1).padStart(2, '0');
  return `${FIRST_YEAR + Math.floor(index / 12)}-${month}-01`;
}

/** The date as a slider over the years' counts; playing it moves the date alone. */
export function Timeline({ months, day, today, since, isBusy, onChange }: Props) {
  const [isPlaying, setIsPlaying] = useState(false);
  const id = useId();
  const isStill = useMemo(() => matchMedia('(prefers-reduced-motion: reduce)').matches, []);
  const now = Math.min(indexOf(today), SPAN - 1);
  const index = Math.min(Math.max(day ? indexOf(day) : now, 0), SPAN - 1);
  const go = (to: number) => onChange(to === now ? null : monthAt(to));

  useEffect(() => {
    if (!isPlaying || isBusy) return;
    const timer = setTimeout(() => {
      if (index >= now) setIsPlaying(false);
      else go(Math.min(index + STEP, now));
    }, PACE);
    return () => clearTimeout(timer);
  });

  const play = () => {
    if (isStill) return go(index >= now ? 0 : Math.min(index + 12, now));
    if (!isPlaying && index >= now) go(0);
    setIsPlaying(!isPlaying);
  };
  const counts = new Map(months.map((month) => [month.month.slice(0, 7), month]));
  const most = Math.max(...months.map(({ nodes, ties }) => nodes + ties), 1);
  const current = counts.get(monthAt(index).slice(0, 7));
  const spoken = current
    ? texts.atMonth(monthText(current.month), current.nodes, current.ties)
    : monthText(monthAt(index));
  return (
    <div className="timeline">
      <button type="button" onClick={play}>
        {isStill ? texts.step : isPlaying ? texts.pause : texts.play}
      </button>
      <div className="scale">
        <svg viewBox={`0 0 ${SPAN} 100`} preserveAspectRatio="none" aria-hidden="true">
          {Array.from({ length: SPAN }, (_, place) => {
            const month = counts.get(monthAt(place).slice(0, 7));
            if (!month) return null;
            const height = (96 * (month.nodes + month.ties)) / most;
            const state = place === index ? 'now' : place > now ? 'to-come' : undefined;
            return <rect key={place} className={state} x={place + 0.1} y={100 - height} width={0.8} height={height} />;
          })}
          {since && <line x1={indexOf(since) + 0.5} x2={indexOf(since) + 0.5} y1={0} y2={100} />}
        </svg>
        <input
          id={id}
          type="range"
          min={0}
          max={SPAN - 1}
          value={index}
          aria-label={texts.timeline}
          aria-valuetext={spoken}
          onChange={({ target }) => go(Number(target.value))}
        />
        <div className="years" aria-hidden="true">
          {Array.from({ length: YEARS }, (_, year) => (
            <span key={year}>{FIRST_YEAR + year}</span>
          ))}
        </div>
      </div>
      <output htmlFor={id}>{day ? monthText(day) : dayText(today)}</output>
      <button type="button" disabled={day === null} onClick={() => onChange(null)}>
        {texts.today}
      </button>
    </div>
  );
}
