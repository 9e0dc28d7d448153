-- projects: the contracts of a project are found by it. When the unique constraint became a partial index, nothing was left by which
-- to find those of any project: each change of a project, and each that asked for its contracts, read all contracts there are.
create index project_contract_by_project on project_contract (project_id);
