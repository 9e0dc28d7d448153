import { useMemo, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { byName, number } from '../language';
import { texts } from '../texts';

type Value = string | number | null;

export interface Column<Row> {
  name: string;
  title: string;
  value: (row: Row) => Value;
  /** How it is shown, where not as it is. */
  show?: (row: Row) => ReactNode;
}

interface Props<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  /** What choosing a row chooses; `null` where a row cannot be chosen. */
  keyOf: (row: Row) => string;
  selected?: string | null;
  onSelect?: (row: Row) => void;
}

/** Rows shown at once; more follow when asked for. */
const PAGE = 100;

function order(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : byName(String(a), String(b));
}

/** A table that is sorted by its headers, and whose rows can be chosen by pointer or keyboard. */
export function DataTable<Row>({ caption, columns, rows, keyOf, selected, onSelect }: Props<Row>) {
  const [sorting, setSorting] = useState<{ name: string; isDescending: boolean } | null>(null);
  const [pages, setPages] = useState(1);
  const sorted = useMemo(() => {
    const column = columns.find(({ name }) => name === sorting?.name);
    if (!column || !sorting) return rows;
    const ordered = rows.toSorted((a, b) => order(column.value(a), column.value(b)));
    return sorting.isDescending ? ordered.reverse() : ordered;
  }, [columns, rows, sorting]);
  const shown = sorted.slice(0, pages * PAGE);
  const rest = sorted.length - shown.length;
  const sortBy = ({ name, value }: Column<Row>) => {
    const isNumeric = rows.some((row) => typeof value(row) === 'number');
    setSorting(sorting?.name === name ? { name, isDescending: !sorting.isDescending } : { name, isDescending: isNumeric });
  };
  return (
    <div className="table">
      <table>
        <caption>
          {caption} <span className="soft">({texts.rows(rows.length)})</span>
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                aria-sort={sorting?.name === column.name ? (sorting.isDescending ? 'descending' : 'ascending') : 'none'}
              >
                <button type="button" onClick={() => sortBy(column)}>
                  {column.title}
                  <span aria-hidden="true">{sorting?.name === column.name ? (sorting.isDescending ? ' ▼' : ' ▲') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={walk}>
          {shown.map((row) => {
            const key = keyOf(row);
            return (
              <tr key={key} data-key={key} className={selected === key ? 'chosen' : undefined}>
                {columns.map((column, index) => {
                  const content = column.show ? column.show(row) : plain(column.value(row));
                  if (index > 0) return <td key={column.name}>{content}</td>;
                  return (
                    <th key={column.name} scope="row">
                      {onSelect ? (
                        <button type="button" aria-pressed={selected === key} onClick={() => onSelect(row)}>
                          {content}
                        </button>
                      ) : (
                        content
                      )}
                    </th>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      {rest > 0 && (
        <p>
          <button type="button" className="quiet" onClick={() => setPages(pages + 1)}>
            {texts.moreRows(Math.min(rest, PAGE))}
          </button>
        </p>
      )}
    </div>
  );
}

function plain(value: Value): ReactNode {
  return typeof value === 'number' ? number(value) : value;
}

/** Arrow keys go from row to row. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const row = (event.target as HTMLElement).closest('tr');
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling;
  const button = next?.querySelector('button');
  if (!button) return;
  event.preventDefault();
  button.focus();
}
