/** What the hub answers the map with; the operations are those of `schema/operations/map-*.graphql`. */

export const NODE_KINDS = ['ORGANISATION', 'PROJECT', 'AGREEMENT', 'INTERVENTION', 'PROVINCE'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export const BODY_KINDS = [
  'CENTRAL_AUTHORITY',
  'PREFECTURE',
  'TERRITORIAL_COUNCIL',
  'LOCAL_AUTHORITY',
  'PUBLIC_BODY',
  'THIRD_SECTOR_ORGANISATION',
  'SOCIAL_PARTNER',
  'FOREIGNERS_ASSOCIATION',
  'ECONOMIC_BODY',
  'RELIGIOUS_BODY',
  'OTHER_ORGANISATION',
] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

export const TIE_KINDS = [
  'SUPERVISES',
  'COMPETENT_FOR',
  'CHAIRS',
  'MEMBER_OF',
  'LEADS',
  'PARTNER_IN',
  'CONTRACTED_FOR',
  'FUNDS',
  'CARRIES_OUT',
  'SIGNATORY_OF',
  'RESPONSIBLE_FOR',
] as const;
export type TieKind = (typeof TIE_KINDS)[number];

export const METRICS = ['DEGREE', 'WEIGHTED_DEGREE', 'BETWEENNESS', 'PAGE_RANK', 'CORE'] as const;
export type Metric = (typeof METRICS)[number];

export const COUNTS = [
  'nodeCount',
  'organisations',
  'projects',
  'agreements',
  'interventions',
  'tiesInside',
  'tiesOutside',
] as const;
export type Count = (typeof COUNTS)[number];

export interface Province {
  /** ISTAT code. */
  province: string;
  name: string;
  abbreviation: string;
  region: string;
  /** Degrees of longitude. */
  x: number | null;
  /** Mercator ordinate in degrees. */
  y: number | null;
  /** All that lies in it; counted here. */
  nodeCount: number;
  organisations: number;
  projects: number;
  agreements: number;
  interventions: number;
  tiesInside: number;
  tiesOutside: number;
}

export interface ProvinceTie {
  one: string;
  other: string;
  count: number;
}

export interface Country {
  version: number;
  asOf: string;
  unplaced: number;
  provinces: Province[];
  ties: ProvinceTie[];
}

export interface Node {
  id: string;
  kind: NodeKind;
  organisationKind: BodyKind | null;
  level: string | null;
  name: string;
  province: string | null;
  degree: number;
  /** Where the hub placed it; only among a network's nodes. */
  x?: number | null;
  y?: number | null;
  isSynthetic: boolean;
}

export interface Edge {
  id: string;
  kind: TieKind;
  from: string;
  to: string;
  validFrom: string | null;
  validUntil: string | null;
  recordKind: string;
  recordId: string;
  category: string | null;
  role: string | null;
  isSynthetic: boolean;
}

export interface Measure {
  label: string;
  explanation: string;
  isExact: boolean;
  sampledSources: number | null;
  standardError: number | null;
  values: number[];
}

export interface Network {
  version: number;
  asOf: string;
  nodeCount: number;
  edgeCount: number;
  nodes: Node[];
  edges: Edge[];
  measure: Measure;
  communities?: { values: number[] };
}

export interface Month {
  month: string;
  nodes: number;
  ties: number;
}

export interface Difference {
  appearedNodes: Node[];
  endedNodes: Node[];
  appearedEdges: Edge[];
  endedEdges: Edge[];
  changedEdges: Pick<Edge, 'kind' | 'from' | 'to'>[];
}

export interface Step {
  from: Node;
  to: Node;
  edges: Edge[];
}

export interface Path {
  length: number;
  steps: Step[];
}

export interface Named {
  code: string;
  name: string;
}

export interface Programme extends Named {
  label: string;
  children?: Programme[];
}

export interface Choices {
  regions: Named[];
  provinces: (Named & { abbreviation: string; region: { code: string } })[];
  programmes: Programme[];
  territorialPlans: {
    nodes: { id: string; title: string; periodFrom: string; periodUntil: string; province: Named | null }[];
  };
}

export interface Hit {
  id: string;
  kind: 'ORGANISATION' | 'PROJECT' | 'AGREEMENT' | 'PROVINCE';
  title: string;
  record: { kind?: BodyKind; province?: Named | null; code?: string; name?: string } | null;
}

/** Where coordination falls short, office by office. */
export interface Gaps {
  totals: { kind: string; label: string; explanation: string; count: number }[];
  offices: { office: { provinces: { code: string }[] }; counts: { kind: string; count: number }[] }[];
}
