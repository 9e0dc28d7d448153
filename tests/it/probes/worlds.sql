-- What the twin worlds hold beside the demonstration. Both get the same statements, so that the version of the data is
-- the same; the table `laid` has a row in the one world and none in the other, and every hidden record hangs from it.
-- {{uuid …}} stands for the fixed id of a record of that name.

create temp table laid as
  select o.id, o.number from organisation o where o.office_code = 'PREF-MO' and current_setting('probes.laid')::bool;

-- In both: what the office of Modena has published.

insert into territorial_plan (id, office_id, owner_number, council_id, province_code, title, status, period_from,
    period_until, endorsed_on, adopted_on, context_analysis, visibility, source)
  select '{{uuid public_plan}}', o.id, o.number, c.organisation_id, '036', 'Piano pubblicato – Modena', 'in_implementation',
    '2025-01-01', '2027-12-31', '2025-02-01', '2025-03-01', 'Il piano pubblicato dalla Prefettura di Modena; villa Eumero.', 'public', 'test'
  from organisation o join council c on c.office_id = o.id where o.office_code = 'PREF-MO';
insert into plan_need (id, plan_id, audience, ordinal, topic, title)
  values ('{{uuid public_need}}', '{{uuid public_plan}}', 0, 1, 'work', 'Lavoro regolare nella filiera');
insert into plan_priority (id, plan_id, audience, need_id, ordinal, title)
  values ('{{uuid public_priority}}', '{{uuid public_plan}}', 0, '{{uuid public_need}}', 1, 'Contrastare il lavoro nero');
insert into plan_intervention (id, plan_id, audience, priority_id, ordinal, title, responsible_id)
  select '{{uuid public_intervention}}', '{{uuid public_plan}}', 0, '{{uuid public_priority}}', 1, 'Sportello mobile', o.id
  from organisation o where o.office_code = 'PREF-MO';
insert into project (id, title, status, starts_on, ends_on, lead_id, owner_number, province_code, visibility, source)
  select '{{uuid public_project}}', 'Progetto Eumeo di Modena', 'running', '2026-01-01', '2027-12-31', id, number, '036',
    'public', 'test'
  from organisation where office_code = 'PREF-MO';
insert into project_place (project_id, audience, province_code) values ('{{uuid public_project}}', 0, '036');

-- In one alone: a body and a group that the province knows of.

insert into audience_group (number, purpose) select 1999999999, 'project under judgement' from laid;
insert into audience_group_member (group_number, member)
  select 1999999999, 1000000 + o.number from laid, organisation o where o.office_code = 'PREF-MO' or o.short_name = 'DLCI';
insert into organisation (id, kind, name, short_name, description, fiscal_code, vat_number, ipa_code, runts_number,
    runts_section, province_code, municipality_code, website, valid_from, visibility, source)
  select '{{uuid body}}', 'third_sector_organisation', 'Rifugio Zattera', 'Zattera', 'Casa protetta di Modena.',
    '90000000036', '90000000036', 'rifzat', '9036036', 'altri_ets', '036', '036023', 'https://zattera.example', '2020-01-01',
    'territory', 'test'
  from laid;
insert into organisation_contact (organisation_id, owner_number, email)
  select id, number, 'casa@zattera.example' from organisation where id = '{{uuid body}}';
insert into organisation_register_entry (organisation_id, section, entry_number, registered_on, visibility)
  select id, 2, 'A/036', '2021-01-01', 'institutional' from organisation where id = '{{uuid body}}';
insert into council_seat (id, council_id, organisation_id, category, valid_from, owner_number, province_code, visibility,
    source)
  select '{{uuid seat}}', o.id, b.id, 'h', '2026-01-01', o.number, '036', 'territory', 'test'
  from organisation b, council c join organisation o on o.id = c.organisation_id
  where b.id = '{{uuid body}}' and c.province_code = '036';

-- The draft, which only its office may see; it revises the published plan.

insert into territorial_plan (id, office_id, owner_number, council_id, province_code, title, edition, previous_edition_id,
    status, period_from, period_until, context_analysis, objectives, resources, visibility, source)
  select '{{uuid plan}}', laid.id, laid.number, c.organisation_id, '036', 'Piano Zattera di Ulisse – bozza – Modena', 2,
    '{{uuid public_plan}}', 'draft', '2026-06-01', '2029-05-31',
    'Chiusura del centro di via Polifemo; consilio, prefetturra, alfabetizazione.', 'Sgombero concordato.',
    'Fondo Itaca, 777.000 euro.', 'owner', 'test'
  from laid join council c on c.office_id = laid.id;
insert into plan_need (id, plan_id, audience, ordinal, topic, title, description, indicator, indicator_value)
  select v.id::uuid, p.id, p.audience, v.ordinal, 'housing_and_mobility', v.title, v.title, 'Posti che mancano', 777
  from territorial_plan p, (values ('{{uuid need}}', 1, 'Alloggi per gli sfrattati di Polifemo'),
    ('{{uuid need_uncovered}}', 2, 'Nessun interprete di lingua feacia')) v(id, ordinal, title)
  where p.id = '{{uuid plan}}';
insert into plan_priority (id, plan_id, audience, need_id, ordinal, title)
  select '{{uuid priority}}', plan_id, audience, id, 1, 'Trasferire gli ospiti' from plan_need where id = '{{uuid need}}';
insert into plan_intervention (id, plan_id, audience, priority_id, ordinal, title, responsible_id, starts_on, ends_on, budget,
    expected_results)
  select v.id::uuid, y.plan_id, y.audience, y.id, v.ordinal, v.title, v.responsible, '2026-07-01', '2028-06-30', 777000,
    'Ottanta ospiti trasferiti.'
  from plan_priority y, (values ('{{uuid intervention}}', 1, 'Navetta notturna Calipso', '{{uuid ngo}}'::uuid),
    ('{{uuid intervention_of_body}}', 2, 'Casa protetta Zattera', '{{uuid body}}'),
    ('{{uuid intervention_idle}}', 3, 'Bando Penelope', null)) v(id, ordinal, title, responsible)
  where y.id = '{{uuid priority}}';

-- An adopted plan that is not published yet: for the bodies of the province.

insert into territorial_plan (id, office_id, owner_number, council_id, province_code, title, edition, status, period_from,
    period_until, endorsed_on, adopted_on, visibility, source)
  select '{{uuid plan_adopted}}', laid.id, laid.number, c.organisation_id, '036', 'Piano Nausicaa – Modena', 3, 'adopted',
    '2026-01-01', '2028-12-31', '2026-01-15', '2026-02-01', 'territory', 'test'
  from laid join council c on c.office_id = laid.id;
insert into plan_need (id, plan_id, audience, ordinal, topic, title)
  select v.id::uuid, p.id, p.audience, v.ordinal, 'health', v.title
  from territorial_plan p, (values ('{{uuid need_adopted}}', 1, 'Ambulatorio di Nausicaa'),
    ('{{uuid need_adopted_uncovered}}', 2, 'Consultorio di Scheria')) v(id, ordinal, title)
  where p.id = '{{uuid plan_adopted}}';
insert into plan_priority (id, plan_id, audience, need_id, ordinal, title)
  select '{{uuid priority_adopted}}', plan_id, audience, id, 1, 'Aprire la sera' from plan_need
  where id = '{{uuid need_adopted}}';
insert into plan_intervention (id, plan_id, audience, priority_id, ordinal, title, responsible_id)
  select v.id::uuid, y.plan_id, y.audience, y.id, v.ordinal, v.title, v.responsible
  from plan_priority y, (values ('{{uuid intervention_adopted}}', 1, 'Medici a Scheria', '{{uuid ngo}}'::uuid),
    ('{{uuid intervention_adopted_idle}}', 2, 'Medici a Ogigia', null)) v(id, ordinal, title, responsible)
  where y.id = '{{uuid priority_adopted}}';

-- A call in preparation; a project under judgement, for its group; one under way, for the province.

insert into funding_call (id, reference, title, programme_code, issuer_id, owner_number, opens_on, closes_on, budget,
    province_code, visibility, source)
  select '{{uuid call}}', 'AVV-ULISSE-1', 'Avviso Ulisse ed Eumeo', 'FAMI-2021-2027/OS2/2.d', id, number, '2026-10-01', '2026-12-31',
    777000, '036', 'owner', 'test'
  from laid;
insert into project (id, title, summary, status, cup, initiative_number, local_code, starts_on, ends_on, lead_id, owner_number,
    programme_code, call_id, province_code, public_funding, total_cost, visibility, group_number, source)
  select '{{uuid project}}', 'Navetta Calipso', 'Trasporto degli ospiti di Polifemo; Eumeo.', 'proposed', 'J99C26000990001',
    '7770001', 'MO-ULISSE-1', '2026-08-01', '2028-07-31', id, number, 'FAMI-2021-2027/OS2/2.d', '{{uuid call}}', '036', 777000,
    777000, 'owner', 1999999999, 'test'
  from laid;
insert into project (id, title, summary, status, cup, local_code, starts_on, ends_on, lead_id, owner_number, programme_code,
    province_code, public_funding, visibility, source)
  select '{{uuid project_running}}', 'Medici di Scheria', 'Ambulatorio serale Eumeo.', 'running', 'J99C26000990002', 'MO-ULISSE-2',
    '2026-02-01', '2028-01-31', id, number, 'FAMI-2021-2027/OS2/2.d', '036', 123000, 'territory', 'test'
  from laid;
insert into project_participation (id, project_id, audience, organisation_id, role, budget_share, source)
  select v.id::uuid, p.id, p.audience, '{{uuid ngo}}', 'partner', 777, 'test'
  from project p join (values ('{{uuid part}}', '{{uuid project}}'), ('{{uuid part_running}}', '{{uuid project_running}}'))
    v(id, project) on p.id = v.project::uuid;
insert into project_place (project_id, audience, province_code)
  select p.id, p.audience, v.province
  from project p join (values ('{{uuid project}}', '036'), ('{{uuid project}}', '037'), ('{{uuid project_running}}', '036'))
    v(project, province) on p.id = v.project::uuid;
insert into project_contract (id, project_id, audience, cig, subject, amount, source)
  select '{{uuid contract}}', id, audience, 'ZA0B1C2D3E', 'Noleggio di navette', 777, 'test' from project
  where id = '{{uuid project}}';
-- Each carries out an intervention of a hidden plan; the one under way also that of the published plan, and the
-- public project one of the draft.
insert into project_intervention (project_id, audience, intervention_id)
  select p.id, p.audience, i.id
  from laid, (values ('{{uuid project}}', '{{uuid intervention}}'), ('{{uuid project_running}}', '{{uuid intervention_of_body}}'),
    ('{{uuid project_running}}', '{{uuid public_intervention}}'), ('{{uuid public_project}}', '{{uuid intervention_of_body}}'))
    v(project, intervention) join project p on p.id = v.project::uuid join plan_intervention i on i.id = v.intervention::uuid;

-- An agreement that only the office may see, and one for the province.

insert into agreement (id, reference, title, subject, promoter_id, owner_number, province_code, signed_on, valid_from,
    visibility, source)
  select v.id::uuid, v.reference, v.title, 'Ospiti di Polifemo, villa Eumeo', laid.id, laid.number, '036', '2026-03-01', '2026-03-01',
    v.visibility, 'test'
  from laid, (values ('{{uuid agreement}}', 'PI-MO-ULISSE-1', 'Intesa riservata Itaca', 'owner'),
    ('{{uuid agreement_local}}', 'PI-MO-ULISSE-2', 'Intesa provinciale Scheria', 'territory')) v(id, reference, title, visibility);
insert into agreement_party (id, agreement_id, audience, organisation_id, signed_on, source)
  select v.id::uuid, a.id, a.audience, v.organisation::uuid, '2026-03-02', 'test'
  from agreement a join (values ('{{uuid party}}', '{{uuid agreement}}', '{{uuid ngo}}'),
    ('{{uuid party_office}}', '{{uuid agreement}}', '{{uuid office}}'),
    ('{{uuid party_local}}', '{{uuid agreement_local}}', '{{uuid ngo}}')) v(id, agreement, organisation)
    on a.id = v.agreement::uuid;

-- What was done to the draft; in the other world to the published plan, so that the numbers of the audit are the same.

select add_to_audit('probe', 'read_audit', 'done', null, null, null, 'prefettura-bologna', o.id, null, null, 'TerritorialPlan',
    case when exists (select from laid) then '{{uuid plan}}'::uuid else '{{uuid public_plan}}'::uuid end, o.number,
    '{"title": {"before": null, "after": "Piano Zattera di Ulisse"}}'::jsonb, 1000000 + o.number)
  from organisation o where o.office_code = 'PREF-MO';
