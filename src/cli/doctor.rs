//! `raccordo doctor`: everything that a newcomer's machine may lack, one line each, with its remedy.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use sqlx::{Connection as _, PgConnection};

use super::{health, serve};
use crate::config::{Config, DatabaseUrl};
use crate::db::OLDEST_SERVER;
use crate::db::embedded::{Account, Binaries, utf8_ctype};

/// Extensions that the migrations create.
const EXTENSIONS: [&str; 3] = ["fuzzystrmatch", "pg_trgm", "unaccent"];
/// The private server, the hub and a bulk load fit into this.
const LEAST_MEMORY_MB: u64 = 512;
/// The national demonstration's data with their write-ahead log.
const LEAST_DISK_MB: u64 = 4_096;

/// What was looked at, and what came of it: a finding, or what is wrong and how to mend it.
struct Check(&'static str, Result<String, String>);

pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mut checks = match &config.database_url {
        Some(url) => outside(url).await,
        None => embedded(config),
    };
    checks.push(data_dir(&config.data_dir));
    checks.push(disk(&config.data_dir));
    checks.push(memory());
    checks.push(address(config).await);

    for Check(name, result) in &checks {
        match result {
            Ok(finding) => println!("ok     {name}: {finding}"),
            Err(remedy) => println!("WRONG  {name}: {remedy}"),
        }
    }
    let wrong = checks.iter().filter(|Check(_, result)| result.is_err()).count();
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn embedded(config: &Config) -> Vec<Check> {
    let found = Binaries::find(config.pg_bin.as_deref(), None).map_err(|error| format!("{error:#}"));
    let account = Account::of_server().map_err(|error| format!("{error:#}"));
    let runs_as = match (&found, &account) {
        (Ok(binaries), Ok(account)) => binaries
            .check_usable_by(account)
            .map(|()| format!("runs as {}", account.name))
            .map_err(|error| format!("{error:#}")),
        (_, Err(error)) => Err(error.clone()),
        (Err(_), _) => Err("install PostgreSQL first".into()),
    };
    let locale = utf8_ctype().map(|name| name.to_string_lossy().into_owned());
    vec![
        Check(
            "PostgreSQL",
            found.as_ref().map(|b| format!("{} in {}", b.major, b.folder.display())).map_err(Clone::clone),
        ),
        Check("account", runs_as),
        Check("extensions", found.map_err(|_| "install PostgreSQL first".into()).and_then(|b| extensions_beside(&b))),
        Check("locale", locale.ok_or_else(|| "no UTF-8 locale; on Debian: sudo apt-get install locales".into())),
    ]
}

/// Asks `pg_config` where extensions are; where it is not installed, looks where distributions keep them.
fn extensions_beside(binaries: &Binaries) -> Result<String, String> {
    let asked = Command::new(binaries.folder.join("pg_config")).arg("--sharedir").output().ok();
    let told = asked.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let share = [
        told.unwrap_or_default(),
        format!("/usr/share/postgresql/{}", binaries.major).into(),
        "/usr/share/pgsql".into(),
        binaries.folder.join("../share/postgresql"),
        binaries.folder.join("../share"),
    ];
    let control = |folder: &Path, name: &str| folder.join("extension").join(format!("{name}.control")).exists();
    let missing: Vec<_> =
        EXTENSIONS.into_iter().filter(|name| !share.iter().any(|folder| control(folder, name))).collect();
    if missing.is_empty() {
        return Ok(EXTENSIONS.join(", "));
    }
    Err(format!(
        "{} missing; install the contrib package: sudo apt-get install postgresql-contrib, or sudo dnf install postgresql-contrib",
        missing.join(", ")
    ))
}

async fn outside(url: &DatabaseUrl) -> Vec<Check> {
    let connection = async { anyhow::Ok(PgConnection::connect_with(&url.options()?).await?) }.await;
    let mut connection = match connection {
        Ok(connection) => connection,
        Err(error) => {
            let remedy = format!("DATABASE_URL does not lead to a server: {error}");
            return vec![Check("database", Err(remedy))];
        }
    };
    let version = sqlx::query_scalar::<_, i32>("select current_setting('server_version_num')::int");
    let version = match version.fetch_one(&mut connection).await {
        Ok(version) if version >= OLDEST_SERVER => Ok(format!("PostgreSQL {}", version / 10_000)),
        Ok(version) => Err(format!("PostgreSQL {} is too old: {} or newer", version / 10_000, OLDEST_SERVER / 10_000)),
        Err(error) => Err(error.to_string()),
    };
    let available = sqlx::query_scalar::<_, String>("select name from pg_available_extensions where name = any($1)");
    let extensions = match available.bind(EXTENSIONS.map(String::from).to_vec()).fetch_all(&mut connection).await {
        Ok(names) if names.len() == EXTENSIONS.len() => Ok(EXTENSIONS.join(", ")),
        Ok(_) => {
            Err("fuzzystrmatch, pg_trgm and unaccent must be available: install postgresql-contrib on the database's machine".into())
        }
        Err(error) => Err(error.to_string()),
    };
    let rights = sqlx::query_scalar::<_, bool>(
        "select rolsuper or (has_database_privilege(current_database(), 'CREATE')
             and (rolcreaterole or exists (select from pg_roles where rolname = 'raccordo_app')))
         from pg_roles where rolname = current_user",
    );
    let rights = match rights.fetch_one(&mut connection).await {
        Ok(true) => Ok("may migrate".into()),
        Ok(false) => Err("this user may not migrate: grant it CREATE on the database and CREATEROLE, \
                          or create the role raccordo_app (nologin) for it"
            .into()),
        Err(error) => Err(error.to_string()),
    };
    vec![Check("database", version), Check("extensions", extensions), Check("rights", rights)]
}

fn data_dir(folder: &Path) -> Check {
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        let probe = folder.join(".doctor");
        std::fs::write(&probe, "")?;
        std::fs::remove_file(probe)
    });
    let result = written.map(|()| format!("{} can be written", folder.display())).map_err(|error| {
        format!("{} cannot be written ({error}); choose another with RACCORDO_DATA_DIR", folder.display())
    });
    Check("data directory", result)
}

fn disk(folder: &Path) -> Check {
    Check(
        "disk",
        match free_megabytes(folder) {
            Some(free) if free < LEAST_DISK_MB => {
                Err(format!("{free} MB free; {LEAST_DISK_MB} MB are needed for national data"))
            }
            Some(free) => Ok(format!("{free} MB free")),
            None => Ok("not measured".into()),
        },
    )
}

fn free_megabytes(folder: &Path) -> Option<u64> {
    let folder = std::ffi::CString::new(folder.as_os_str().as_encoded_bytes()).ok()?;
    // SAFETY: the path is a C string; the record is plain data that the call fills.
    let record = unsafe {
        let mut record: libc::statvfs = std::mem::zeroed();
        (libc::statvfs(folder.as_ptr(), &mut record) == 0).then_some(record)?
    };
    Some(record.f_bavail as u64 * record.f_frsize as u64 / 1_048_576)
}

fn memory() -> Check {
    let available = std::fs::read_to_string("/proc/meminfo").ok().and_then(|info| {
        let line = info.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    Check(
        "memory",
        match available.map(|kilobytes| kilobytes / 1_024) {
            Some(free) if free < LEAST_MEMORY_MB => {
                Err(format!("{free} MB available; {LEAST_MEMORY_MB} MB are needed"))
            }
            Some(free) => Ok(format!("{free} MB available")),
            None => Ok("not measured".into()),
        },
    )
}

async fn address(config: &Config) -> Check {
    let listen = config.listen;
    let result = match serve::check_address(listen) {
        Ok(()) => Ok(format!("{listen} is free")),
        Err(_) if health::ask(listen, "/healthz").await.is_ok_and(|status| status == 200) => {
            Ok(format!("a hub serves on {listen}"))
        }
        Err(error) => Err(format!("{error:#}")),
    };
    Check("address", result)
}
