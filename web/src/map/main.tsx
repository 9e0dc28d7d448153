import './map.css';

import { createRoot } from 'react-dom/client';
import { demoPersonas } from '../levels';
import { MapPage } from './map-page';

const isEmbedded = new URLSearchParams(location.search).get('embed') === '1';
const root = createRoot(document.getElementById('root')!);
const personas = isEmbedded ? Promise.resolve([]) : demoPersonas();
void personas.then((known) => root.render(<MapPage personas={known} isEmbedded={isEmbedded} />));
