-- projects: contracts that need no tender share their code [ES01 to ES27], also within one project.

alter table project_contract drop constraint project_contract_project_id_cig_key;
create unique index project_contract_cig on project_contract (project_id, cig) where cig !~ '^ES';
