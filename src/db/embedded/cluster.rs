//! Makes the private cluster, once.

use std::ffi::CStr;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::process::Stdio;

use anyhow::{Context as _, ensure};

use super::place::Place;
use super::{Account, Binaries, NAME};

/// Character classes of UTF-8 under the names that systems give them. Text is ordered by bytes:
/// the product orders by its own `sort_key`, the same everywhere.
const CTYPES: [&CStr; 5] = [c"C.UTF-8", c"C.utf8", c"en_US.UTF-8", c"it_IT.UTF-8", c"UTF-8"];

/// Major version that wrote the cluster; `None` where there is none yet.
pub(super) fn version(place: &Place) -> anyhow::Result<Option<u32>> {
    let path = place.cluster.join("PG_VERSION");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().parse().with_context(|| path.display().to_string())?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Makes the cluster and its database under another name, and renames it when it is whole:
/// a hub that ends meanwhile leaves nothing that looks usable.
pub(super) fn make_if_missing(place: &Place, binaries: &Binaries, account: &Account) -> anyhow::Result<()> {
    if version(place)?.is_some() {
        return Ok(());
    }
    let ctype = utf8_ctype().context("this system has no UTF-8 locale; on Debian: sudo apt-get install locales")?;
    let unfinished = place.unfinished_cluster();
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).with_context(|| unfinished.display().to_string())?;
    }
    std::fs::DirBuilder::new().mode(0o700).create(&unfinished).with_context(|| unfinished.display().to_string())?;
    account.own(&unfinished)?;

    let output = account
        .command(&binaries.program("initdb"))
        .arg("--pgdata")
        .arg(&unfinished)
        .args(["--username", NAME, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--data-checksums"])
        .args(["--locale=C", "--no-instructions"])
        .arg(format!("--lc-ctype={}", ctype.to_string_lossy()))
        .output()
        .context("initdb does not start")?;
    ensure!(output.status.success(), "initdb failed:\n{}", String::from_utf8_lossy(&output.stderr));

    let mut single = account
        .command(&binaries.program("postgres"))
        .args(["--single", "-j", "-D"])
        .arg(&unfinished)
        .arg("postgres")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("postgres --single does not start")?;
    let mut input = single.stdin.take().expect("a pipe was asked for");
    write!(input, "create database {NAME};\n\n")?;
    drop(input);
    let output = single.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && !said.contains("ERROR:"), "the database could not be made:\n{said}");

    std::fs::rename(&unfinished, &place.cluster)?;
    // The new name is as durable as what stands behind it.
    if let Some(parent) = place.cluster.parent() {
        std::fs::File::open(parent)?.sync_all()?;
    }
    Ok(())
}

/// A UTF-8 character class that this system has.
pub fn utf8_ctype() -> Option<&'static CStr> {
    CTYPES.into_iter().find(|name| {
        // SAFETY: the name is a C string; a locale that was made is freed once.
        unsafe {
            let locale = libc::newlocale(libc::LC_CTYPE_MASK, name.as_ptr(), std::ptr::null_mut());
            if !locale.is_null() {
                libc::freelocale(locale);
            }
            !locale.is_null()
        }
    })
}
