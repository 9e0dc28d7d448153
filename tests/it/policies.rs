//! What the database itself guarantees: who sees a row is decided by one policy, under a role that can do nothing else.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use sqlx::Row as _;

use crate::hub::TestHub;

/// Every protected table, how it is protected, and by which policy: the reviewed file `snapshots/policies.txt`.
#[tokio::test]
async fn the_set_of_policies_is_the_reviewed_one() {
    let hub = TestHub::empty().await;
    let mut connection = hub.maintenance().await;
    let tables = sqlx::query(
        "select c.relname, c.relrowsecurity, c.relforcerowsecurity,
                coalesce(string_agg(format('%s %s to %s using %s%s', p.policyname, lower(p.cmd), p.roles::text, p.qual,
                    ' with check ' || p.with_check), E'\\n' order by p.policyname), '') as policies
         from pg_class c left join pg_policies p on p.schemaname = 'public' and p.tablename = c.relname
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
         group by c.oid, c.relname order by c.relname",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut found = String::new();
    let mut policies: Vec<(String, Vec<String>)> = Vec::new();
    for table in &tables {
        let name: String = table.get("relname");
        assert!(table.get::<bool, _>("relforcerowsecurity"), "{name} exempts its owner");
        let policy: String = table.get("policies");
        let policy = policy.split_whitespace().collect::<Vec<_>>().join(" ");
        match policies.iter_mut().find(|(text, _)| *text == policy) {
            Some((_, tables)) => tables.push(name),
            None => policies.push((policy, vec![name])),
        }
    }
    for (policy, tables) in &policies {
        writeln!(found, "{policy}\n  on {}\n", tables.join("\n  on ")).unwrap();
    }
    // One text, but for the room whose keys it asks for; the audit's entries add the key of oversight, and events are of
    // many rooms.
    let texts: BTreeSet<String> = policies.iter().map(|(text, _)| without_room(text)).collect();
    assert_eq!(texts.len(), 3, "one policy, the same text on every table:\n{found}");

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots/policies.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, reviewed, "review the difference, then accept it: UPDATE_SNAPSHOTS=1 cargo test policies");
}

/// A policy's text with the room left out: `'raccordo.audiences_plans'` as `'raccordo.audiences_'`.
fn without_room(policy: &str) -> String {
    let mut parts = policy.split("'raccordo.audiences_");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "'raccordo.audiences_" + &part[part.find('\'').unwrap()..])
}

/// What the writing role may do to which table: the reviewed file `snapshots/writer.txt`. Nothing removes or changes
/// an entry of the audit.
#[tokio::test]
async fn the_rights_of_the_writing_role_are_the_reviewed_ones() {
    let hub = TestHub::empty().await;
    let rights: Vec<String> = sqlx::query_scalar(
        "select format('%s: %s%s', c.relname, lower(a.privilege_type),
             case when a.columns <> '' then ' (' || a.columns || ')' else '' end)
         from pg_class c, lateral (
           select privilege_type, '' as columns from aclexplode(c.relacl) where grantee = 'raccordo_writer'::regrole
           union all
           select x.privilege_type, string_agg(t.attname, ', ' order by t.attnum) from pg_attribute t, aclexplode(t.attacl) x
           where t.attrelid = c.oid and x.grantee = 'raccordo_writer'::regrole group by x.privilege_type
         ) a where c.relnamespace = 'public'::regnamespace and a.privilege_type <> 'SELECT' order by 1",
    )
    .fetch_all(&mut hub.maintenance().await)
    .await
    .unwrap();
    assert!(!rights.iter().any(|right| right.starts_with("audit")), "{rights:?}");
    insta::assert_snapshot!("writer", rights.join("\n"));
}

#[tokio::test]
async fn every_table_with_an_audience_that_callers_read_is_protected() {
    let hub = TestHub::empty().await;
    let unprotected: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'audience'
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not a.attisdropped
           and has_table_privilege('raccordo_app', c.oid, 'select')
           and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .fetch_all(&mut hub.maintenance().await)
    .await
    .unwrap();
    assert_eq!(unprotected, Vec::<String>::new());
}

#[tokio::test]
async fn the_application_role_reads_and_does_nothing_else() {
    let hub = TestHub::empty().await;
    let mut connection = hub.maintenance().await;
    let role =
        sqlx::query("select * from pg_roles where rolname = 'raccordo_app'").fetch_one(&mut connection).await.unwrap();
    for right in ["rolsuper", "rolcreaterole", "rolcreatedb", "rolcanlogin", "rolreplication", "rolbypassrls"] {
        assert!(!role.get::<bool, _>(right), "{right}");
    }
    for (what, statement) in [
        (
            "owns",
            "select c.oid::regclass::text from pg_class c where c.relowner = 'raccordo_app'::regrole
             union all select p.oid::regprocedure::text from pg_proc p where p.proowner = 'raccordo_app'::regrole",
        ),
        (
            "may change",
            "select c.oid::regclass::text || ' ' || right_name from pg_class c,
                 unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) right_name
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
               and has_table_privilege('raccordo_app', c.oid, right_name)",
        ),
        (
            "may advance",
            "select seqrelid::regclass::text from pg_sequence
             where has_sequence_privilege('raccordo_app', seqrelid, 'usage, update')",
        ),
        ("may create in", "select nspname::text from pg_namespace where has_schema_privilege('raccordo_app', oid, 'create')"),
        ("is a member of", "select roleid::regrole::text from pg_auth_members where member = 'raccordo_app'::regrole"),
        (
            "sees through views that run as their owner",
            "select c.oid::regclass::text from pg_class c
             where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
               and not coalesce('security_invoker=true' = any (c.reloptions) or 'security_invoker=on' = any (c.reloptions), false)",
        ),
    ] {
        let found: Vec<String> = sqlx::query_scalar(statement).fetch_all(&mut connection).await.unwrap();
        assert_eq!(found, Vec::<String>::new(), "the application role {what}");
    }
}

/// A function that runs as its owner is not bound by the policies: each applies the audience test itself, that of usage to the
/// subgraphs whose totals it tells.
#[tokio::test]
async fn callers_reach_beyond_the_policies_through_search_and_totals_of_usage_alone() {
    let hub = TestHub::empty().await;
    let mut connection = hub.maintenance().await;
    let functions: Vec<String> = sqlx::query_scalar(
        "select proname::text from pg_proc
         where pronamespace = 'public'::regnamespace and prosecdef and prorettype <> 'trigger'::regtype
           and has_function_privilege('raccordo_app', oid, 'execute') order by 1",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(functions, ["search_records", "usage_told"]);
    let unread: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class
         where relnamespace = 'public'::regnamespace and relname like 'search%' and relkind in ('r', 'v')
           and has_any_column_privilege('raccordo_app', oid, 'select, insert, update, references')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(unread, Vec::<String>::new(), "the documents are read through it alone");
}

#[tokio::test]
async fn a_session_without_audiences_sees_no_protected_row() {
    let hub = TestHub::empty().await;
    let mut connection = hub.maintenance().await;
    sqlx::raw_sql(
        "insert into organisation (id, kind, name, province_code, visibility, source)
         values (gen_random_uuid(), 'other_organisation', 'Seen by nobody without a key', null, 'public', 'test')",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    for (audiences, expected) in [("", 0), ("{}", 0), ("{1}", 0), ("{0}", 1)] {
        let statement = format!(
            "begin; set local role raccordo_app; set local raccordo.sees_all = 'off'; set local raccordo.audiences = '{audiences}'"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        let seen: i64 =
            sqlx::query_scalar("select count(*) from organisation").fetch_one(&mut connection).await.unwrap();
        sqlx::raw_sql("rollback").execute(&mut connection).await.unwrap();
        assert_eq!(seen, expected, "with audiences {audiences:?}");
    }
}
