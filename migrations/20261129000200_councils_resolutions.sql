-- councils: what was resolved about a plan is found from the plan.

create index council_resolution_by_plan on council_resolution (plan_id);
