import type { Level } from '../levels';

export type Language = 'it' | 'en';

/** The page's language: the address first, then the browser's. */
export function pageLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? navigator.language;
  return asked.toLowerCase().startsWith('it') ? 'it' : 'en';
}

interface Texts {
  home: string;
  otherLanguage: string;
  examples: string;
  examplesHint: string;
  levels: Record<Level | 'any', string>;
  actingAs: string;
  asPublic: string;
  asToken: string;
  token: string;
  tokenHint: string;
  useToken: string;
  tokenInUse: string;
  synthetic: string;
  close: string;
  refused: (status: number) => string;
  refusedReason: (reason: string) => string;
  noSuchPersona: (name: string) => string;
  noSuchExample: (name: string) => string;
  unreachable: string;
  unreadable: (status: string) => string;
  socketClosed: (code: number, reason: string) => string;
}

export const TEXTS: Record<Language, Texts> = {
  it: {
    home: 'Pagina iniziale',
    otherLanguage: 'English',
    examples: 'Esempi',
    examplesHint: 'Scegliere un esempio, poi premere ▶ o Ctrl+Invio.',
    levels: {
      national: 'Livello nazionale',
      prefecture: 'Prefettura',
      council: 'Consiglio territoriale',
      partner: 'Ente partner',
      public: 'Pubblico',
      any: 'Per ogni livello',
    },
    actingAs: 'Agire come',
    asPublic: 'Chiunque, senza accesso',
    asToken: 'Chi possiede un altro token…',
    token: 'Token',
    tokenHint: 'Resta in questa scheda del browser e si cancella alla chiusura.',
    useToken: 'Usa',
    tokenInUse: 'Token in uso.',
    synthetic: 'Dimostrazione: i dati sintetici portano isSynthetic: true.',
    close: 'Chiudi',
    refused: (status) => `Il token non è stato accettato (${status}): la richiesta non è stata eseguita.`,
    refusedReason: (reason) => `Motivo: ${reason}. Scegliere un altro soggetto in «Agire come» oppure incollare un token valido.`,
    noSuchPersona: (name) => `«${name}» non è tra i soggetti di questa installazione: le richieste partono come pubblico.`,
    noSuchExample: (name) => `L'esempio «${name}» non esiste.`,
    unreachable: 'Il servizio non risponde. Verificare che sia in funzione e riprovare.',
    unreadable: (status) => `La risposta non è in formato GraphQL (HTTP ${status}).`,
    socketClosed: (code, reason) => `La connessione è stata chiusa: ${code} ${reason}`.trim(),
  },
  en: {
    home: 'Home page',
    otherLanguage: 'Italiano',
    examples: 'Examples',
    examplesHint: 'Choose an example, then press ▶ or Ctrl+Enter.',
    levels: {
      national: 'National level',
      prefecture: 'Prefecture',
      council: 'Territorial council',
      partner: 'Partner body',
      public: 'Public',
      any: 'For every level',
    },
    actingAs: 'Act as',
    asPublic: 'Anyone, not signed in',
    asToken: 'Holder of another token…',
    token: 'Token',
    tokenHint: 'It stays in this browser tab and is forgotten when the tab closes.',
    useToken: 'Use',
    tokenInUse: 'Token in use.',
    synthetic: 'Demonstration: synthetic data carry isSynthetic: true.',
    close: 'Close',
    refused: (status) => `The token was not accepted (${status}): the request was not carried out.`,
    refusedReason: (reason) => `Reason: ${reason}. Choose somebody else under “Act as”, or paste a valid token.`,
    noSuchPersona: (name) => `“${name}” is not known to this installation: requests are sent as the public.`,
    noSuchExample: (name) => `There is no example “${name}”.`,
    unreachable: 'The service does not answer. Check that it is running and try again.',
    unreadable: (status) => `The answer is not GraphQL (HTTP ${status}).`,
    socketClosed: (code, reason) => `The connection was closed: ${code} ${reason}`.trim(),
  },
};
