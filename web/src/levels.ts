/** The levels of governance, in the order in which they are shown. */
export const LEVELS = ['national', 'prefecture', 'council', 'partner', 'public'] as const;

export type Level = (typeof LEVELS)[number];

/** A caller of the demonstration, as the hub lists it. */
export interface Persona {
  name: string;
  level: Level;
  organisation: string;
  token: string;
}

/** The demonstration's personas; none outside demonstration mode, where the hub does not know the address. */
export async function demoPersonas(): Promise<Persona[]> {
  try {
    const response = await fetch('/demo/personas', { headers: { Accept: 'application/json' } });
    if (!response.ok) return [];
    const personas = (await response.json()) as Persona[];
    return personas.map((persona) => ({ ...persona, level: persona.level.toLowerCase() as Level }));
  } catch {
    return [];
  }
}
