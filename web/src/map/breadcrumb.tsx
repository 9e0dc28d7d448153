import { COUNTRY } from './data/state';
import type { MapState, Place } from './data/state';
import type { Choices, Network } from './data/types';
import type { Change } from './data/use-state';
import { texts } from './texts';

interface Props {
  state: MapState;
  choices: Choices | undefined;
  network: Network | null;
  change: Change;
}

/** Italy › region › province › body: where one is, and the ways back. */
export function Breadcrumb({ state, choices, network, change }: Props) {
  const { place } = state;
  const centre = place.altitude === 'around' ? network?.nodes.find(({ id }) => id === place.id) : undefined;
  const code = place.altitude === 'province' ? place.province : (centre?.province ?? null);
  const province = choices?.provinces.find((each) => each.code === code || each.abbreviation === code);
  const regionCode = place.altitude === 'country' ? place.region : province?.region.code;
  const region = choices?.regions.find((each) => each.code === regionCode);
  const steps: { name: string; to: Place }[] = [{ name: texts.country, to: COUNTRY }];
  if (region) steps.push({ name: region.name, to: { altitude: 'country', region: region.code } });
  if (province) steps.push({ name: province.name, to: { altitude: 'province', province: province.code } });
  if (place.altitude === 'around') steps.push({ name: centre ? texts.around(centre.name) : '…', to: place });
  return (
    <nav className="breadcrumb" aria-label={texts.breadcrumb}>
      <ol>
        {steps.map(({ name, to }, index) => (
          <li key={index}>
            {index === steps.length - 1 ? (
              <span aria-current="page">{name}</span>
            ) : (
              <button type="button" className="quiet" onClick={() => change({ place: to, selected: null, towards: null, since: null, beside: null })}>
                {name}
              </button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
