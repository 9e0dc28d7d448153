import type { Example } from './examples';
import { EXAMPLES_BY_LEVEL } from './examples';
import type { Language } from './texts';
import { TEXTS } from './texts';

interface Props {
  language: Language;
  current: Example | undefined;
  onChoose: (example: Example) => void;
}

/** The example operations by level. */
export function ExamplesPanel({ language, current, onChoose }: Props) {
  const texts = TEXTS[language];
  return (
    <nav id="examples" className="examples" aria-label={texts.examples}>
      <p>{texts.examplesHint}</p>
      {EXAMPLES_BY_LEVEL.map(({ level, examples }) => (
        <section key={level} aria-labelledby={`level-${level}`}>
          <h2 id={`level-${level}`}>{texts.levels[level]}</h2>
          <ul>
            {examples.map((example) => (
              <li key={example.name}>
                <button
                  type="button"
                  data-example={example.name}
                  data-level={level}
                  aria-current={example === current}
                  onClick={() => onChoose(example)}
                >
                  {example.title[language]}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
