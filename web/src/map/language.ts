export const language = document.documentElement.lang === 'en' ? 'en' : 'it';

const locale = language === 'en' ? 'en-GB' : 'it-IT';

const whole = new Intl.NumberFormat(locale, { useGrouping: 'always' });
const few = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** A count or a measure, as people write it. */
export const number = (value: number): string => (Number.isInteger(value) ? whole : few).format(value);

/** A day such as 2026-11-25, in words. */
export const dayText = (date: string): string => day.format(new Date(`${date}T00:00:00Z`));

export const monthText = (date: string): string => month.format(new Date(`${date}T00:00:00Z`));

/** Orders names as people do. */
export const byName = new Intl.Collator(locale).compare;
