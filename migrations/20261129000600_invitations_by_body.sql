-- What a body is called or asked to is found from the body, and all sittings by their day.
create index sitting_invitation_by_organisation on sitting_invitation (organisation_id, sitting_id);
create index council_sitting_by_start on council_sitting (starts_at, id);
