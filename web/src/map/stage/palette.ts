import { useSyncExternalStore } from 'react';

/** What the map is drawn in: Okabe and Ito's colours, deepened or lightened for 3:1 or more against the ground. */
export interface Palette {
  ground: string;
  land: string;
  shore: string;
  text: string;
  tie: string;
  accent: string;
  chosen: string;
  appeared: string;
  ended: string;
  changed: string;
  kept: string;
  /** By shape, which is by level. */
  level: Record<string, string>;
  /** For communities and funds, in this order; the last is for all others. */
  series: string[];
  /** From few to many, for the territory. */
  ramp: string[];
}

const LIGHT: Palette = {
  ground: '#ffffff',
  land: '#eef3f8',
  shore: '#c5d2df',
  text: '#17324d',
  tie: '#5a6f85',
  accent: '#0072b2',
  chosen: '#d55e00',
  appeared: '#0072b2',
  ended: '#c2410c',
  changed: '#8a5a00',
  kept: '#8b9aab',
  level: {
    square: '#17324d',
    hexagon: '#0072b2',
    ring: '#d55e00',
    circle: '#00845f',
    diamond: '#b0508a',
    document: '#a56a00',
    triangle: '#2b84b8',
    pentagon: '#6b7c8e',
  },
  series: ['#0072b2', '#d55e00', '#00845f', '#b0508a', '#a56a00', '#2b84b8', '#6d5bd0', '#7a8a9b'],
  ramp: ['#e4eef7', '#bcd7ec', '#8bbbde', '#559bcb', '#2478b0', '#0b4f80'],
};

const DARK: Palette = {
  ground: '#0f1a26',
  land: '#1b2b3c',
  shore: '#34495e',
  text: '#e6ecf2',
  tie: '#9db0c3',
  accent: '#56b4e9',
  chosen: '#f5a742',
  appeared: '#56b4e9',
  ended: '#ff9a6b',
  changed: '#f0e442',
  kept: '#6f8296',
  level: {
    square: '#e6ecf2',
    hexagon: '#56b4e9',
    ring: '#ff8a3d',
    circle: '#2fc298',
    diamond: '#e29ac2',
    document: '#e6a417',
    triangle: '#8fd0f5',
    pentagon: '#97a8ba',
  },
  series: ['#56b4e9', '#ff8a3d', '#2fc298', '#e29ac2', '#e6a417', '#f0e442', '#a89bff', '#8a9bac'],
  ramp: ['#16293b', '#1c4059', '#235b80', '#3079a6', '#4c9ccd', '#93cff5'],
};

const dark = matchMedia('(prefers-color-scheme: dark)');

function subscribe(told: () => void): () => void {
  dark.addEventListener('change', told);
  return () => dark.removeEventListener('change', told);
}

export function usePalette(): Palette {
  return useSyncExternalStore(subscribe, () => (dark.matches ? DARK : LIGHT));
}
