-- plans: the sitting of the council at which a need emerged.

alter table plan_need add column found_at_id uuid references council_sitting on delete set null;
create index plan_need_by_sitting on plan_need (found_at_id) where found_at_id is not null;
