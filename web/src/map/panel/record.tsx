import type { Api } from '../data/api';
import { useAnswer } from '../data/use-answer';
import { dayText, number } from '../language';
import { term, terms } from '../terms';
import { texts } from '../texts';
import { recordTerms } from './record-terms';

/** A record's fields, in words. */
export function Record({ api, id }: { api: Api; id: string }) {
  const { data, error, isLoading } = useAnswer(id, () => api.record(id));
  if (error) return <p className="notice">{error.message || texts.failed}</p>;
  if (isLoading) return <p className="soft">{texts.loading}</p>;
  if (!data) return <p className="soft">{texts.gone}</p>;
  const fields = Object.keys(recordTerms).flatMap((name) => {
    const value = shown(name, data[name]);
    return value ? [[name, value] as const] : [];
  });
  return (
    <>
      {typeof data.title === 'string' && <p className="record-title">{data.title}</p>}
      <dl className="record">
        {fields.map(([name, value]) => (
          <div key={name}>
            <dt>{recordTerms[name]}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {data.isSynthetic === true && <p className="synthetic">{texts.synthetic}</p>}
    </>
  );
}

function shown(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'object') {
    const { name: called, title, label, reference } = value as { [key: string]: string | undefined };
    return [label ?? reference, called ?? title].filter(Boolean).join(' · ');
  }
  if (typeof value === 'number') return number(value);
  const text = String(value);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return dayText(text);
  if (/^\d+\.\d{2}$/.test(text)) return number(Number(text));
  switch (name) {
    case 'status':
      return term(terms.statuses, text);
    case 'category':
      return term(terms.categories, text);
    case 'seatRole':
    case 'partRole':
      return term(terms.roles, text);
    default:
      return text;
  }
}
