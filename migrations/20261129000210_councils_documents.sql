-- councils: seats, sittings and working tables have documents; so have contributions to plans.

select keep_documents('council_seat', 'CouncilSeat', 'councils');
select keep_documents('council_sitting', 'CouncilSitting', 'councils');
select keep_documents('working_table', 'WorkingTable', 'councils');
select keep_documents('plan_contribution', 'PlanContribution', 'plans');
