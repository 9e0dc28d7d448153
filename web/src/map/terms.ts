import { language } from './language';
import type { BodyKind, Count, NodeKind, TieKind } from './data/types';

/** The field's words for the schema's enumerations. */
interface Terms {
  nodeKinds: Record<NodeKind, string>;
  bodyKinds: Record<BodyKind, string>;
  tieKinds: Record<TieKind, string>;
  counts: Record<Count, string>;
  recordKinds: Record<string, string>;
  categories: Record<string, string>;
  roles: Record<string, string>;
  statuses: Record<string, string>;
}

const it: Terms = {
  nodeKinds: {
    ORGANISATION: 'Ente',
    PROJECT: 'Progetto',
    AGREEMENT: 'Protocollo d\'intesa',
    INTERVENTION: 'Intervento di piano',
    PROVINCE: 'Provincia',
  },
  bodyKinds: {
    CENTRAL_AUTHORITY: 'Autorità centrale',
    PREFECTURE: 'Prefettura',
    TERRITORIAL_COUNCIL: 'Consiglio territoriale',
    LOCAL_AUTHORITY: 'Ente locale',
    PUBLIC_BODY: 'Altro ente pubblico',
    THIRD_SECTOR_ORGANISATION: 'Ente del terzo settore',
    SOCIAL_PARTNER: 'Parte sociale',
    FOREIGNERS_ASSOCIATION: 'Associazione di stranieri',
    ECONOMIC_BODY: 'Organismo economico',
    RELIGIOUS_BODY: 'Ente religioso',
    OTHER_ORGANISATION: 'Altro ente',
  },
  tieKinds: {
    SUPERVISES: 'Vigila su',
    COMPETENT_FOR: 'Competente per',
    CHAIRS: 'Presiede',
    MEMBER_OF: 'Componente di',
    LEADS: 'Capofila di',
    PARTNER_IN: 'Partner in',
    CONTRACTED_FOR: 'Affidatario per',
    FUNDS: 'Finanzia',
    CARRIES_OUT: 'Attua',
    SIGNATORY_OF: 'Firmatario di',
    RESPONSIBLE_FOR: 'Responsabile di',
  },
  counts: {
    nodeCount: 'Soggetti',
    organisations: 'Enti',
    projects: 'Progetti',
    agreements: 'Protocolli d\'intesa',
    interventions: 'Interventi di piano',
    tiesInside: 'Legami interni',
    tiesOutside: 'Legami con altre province',
  },
  recordKinds: {
    ORGANISATION: 'Scheda dell\'ente',
    OFFICE_COMPETENCE: 'Competenza territoriale',
    COUNCIL_SEAT: 'Seggio nel Consiglio',
    PROJECT: 'Scheda del progetto',
    PROJECT_PARTICIPATION: 'Partecipazione al progetto',
    FUNDING_CALL: 'Avviso',
    AGREEMENT_PARTY: 'Firma del protocollo',
    PLAN_INTERVENTION: 'Intervento del piano',
    INTERVENTION_PROJECT: 'Progetto dell\'intervento',
  },
  categories: {
    STATE_OFFICES: 'uffici dello Stato',
    PROVINCE_PRESIDENT: 'presidente della provincia',
    REGION: 'regione',
    MAYORS: 'sindaci',
    CHAMBER_OF_COMMERCE: 'camera di commercio',
    SOCIAL_PARTNERS: 'parti sociali',
    FOREIGNERS_ASSOCIATIONS: 'associazioni di stranieri',
    AID_BODIES: 'enti di assistenza',
    INVITED: 'invitati',
  },
  roles: {
    PROGRAMMER: 'programmatore',
    IMPLEMENTER: 'attuatore',
    BENEFICIARY: 'beneficiario',
    PERFORMER: 'realizzatore',
    PARTNER: 'partner',
    CONTRACTOR: 'affidatario',
    PRESIDENT: 'presidente',
    MEMBER: 'componente',
    SUBSTITUTE: 'supplente',
    SECRETARY: 'segretario',
    INVITED: 'invitato',
  },
  statuses: {
    IDEA: 'idea',
    PROPOSED: 'proposto',
    ADMITTED: 'ammesso',
    REJECTED: 'non ammesso',
    FUNDED: 'finanziato',
    RUNNING: 'in corso',
    SUSPENDED: 'sospeso',
    CLOSED: 'concluso',
    REVOKED: 'revocato',
  },
};

const en: Terms = {
  nodeKinds: {
    ORGANISATION: 'Body',
    PROJECT: 'Project',
    AGREEMENT: 'Agreement',
    INTERVENTION: 'Plan intervention',
    PROVINCE: 'Province',
  },
  bodyKinds: {
    CENTRAL_AUTHORITY: 'Central authority',
    PREFECTURE: 'Prefecture',
    TERRITORIAL_COUNCIL: 'Territorial council',
    LOCAL_AUTHORITY: 'Local authority',
    PUBLIC_BODY: 'Other public body',
    THIRD_SECTOR_ORGANISATION: 'Third-sector organisation',
    SOCIAL_PARTNER: 'Social partner',
    FOREIGNERS_ASSOCIATION: 'Association of foreigners',
    ECONOMIC_BODY: 'Economic body',
    RELIGIOUS_BODY: 'Religious body',
    OTHER_ORGANISATION: 'Other body',
  },
  tieKinds: {
    SUPERVISES: 'Supervises',
    COMPETENT_FOR: 'Competent for',
    CHAIRS: 'Chairs',
    MEMBER_OF: 'Member of',
    LEADS: 'Leads',
    PARTNER_IN: 'Partner in',
    CONTRACTED_FOR: 'Contracted for',
    FUNDS: 'Funds',
    CARRIES_OUT: 'Carries out',
    SIGNATORY_OF: 'Signatory of',
    RESPONSIBLE_FOR: 'Responsible for',
  },
  counts: {
    nodeCount: 'Nodes',
    organisations: 'Bodies',
    projects: 'Projects',
    agreements: 'Agreements',
    interventions: 'Plan interventions',
    tiesInside: 'Ties inside',
    tiesOutside: 'Ties to other provinces',
  },
  recordKinds: {
    ORGANISATION: 'Record of the body',
    OFFICE_COMPETENCE: 'Territorial competence',
    COUNCIL_SEAT: 'Seat in the council',
    PROJECT: 'Record of the project',
    PROJECT_PARTICIPATION: 'Part in the project',
    FUNDING_CALL: 'Call',
    AGREEMENT_PARTY: 'Signature of the agreement',
    PLAN_INTERVENTION: 'Intervention of the plan',
    INTERVENTION_PROJECT: 'Project of the intervention',
  },
  categories: {
    STATE_OFFICES: 'state offices',
    PROVINCE_PRESIDENT: 'president of the province',
    REGION: 'region',
    MAYORS: 'mayors',
    CHAMBER_OF_COMMERCE: 'chamber of commerce',
    SOCIAL_PARTNERS: 'social partners',
    FOREIGNERS_ASSOCIATIONS: 'associations of foreigners',
    AID_BODIES: 'aid bodies',
    INVITED: 'invited',
  },
  roles: {
    PROGRAMMER: 'programmer',
    IMPLEMENTER: 'implementer',
    BENEFICIARY: 'beneficiary',
    PERFORMER: 'performer',
    PARTNER: 'partner',
    CONTRACTOR: 'contractor',
    PRESIDENT: 'president',
    MEMBER: 'member',
    SUBSTITUTE: 'substitute',
    SECRETARY: 'secretary',
    INVITED: 'invited',
  },
  statuses: {
    IDEA: 'idea',
    PROPOSED: 'proposed',
    ADMITTED: 'admitted',
    REJECTED: 'rejected',
    FUNDED: 'funded',
    RUNNING: 'running',
    SUSPENDED: 'suspended',
    CLOSED: 'closed',
    REVOKED: 'revoked',
  },
};

export const terms = language === 'en' ? en : it;

/** What a node is, in a word. */
export function nodeTerm(node: { kind: NodeKind; organisationKind: BodyKind | null }): string {
  return (node.organisationKind && terms.bodyKinds[node.organisationKind]) || terms.nodeKinds[node.kind];
}

/** A word of the schema that has no term yet is shown as it is. */
export function term(words: Record<string, string>, word: string | null | undefined): string {
  return word ? (words[word] ?? word.toLowerCase().replaceAll('_', ' ')) : '';
}
