-- integration: runs are numbered one after the other. A sequence would skip the numbers of what was only tried.
alter table import_run alter column number drop identity;
