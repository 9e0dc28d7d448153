//! What a caller shows the hub. Secrets come from files and the environment: arguments are seen by everybody on the machine.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

use crate::access::secret::Secret;
use crate::cli::Misuse;

#[derive(clap::Args)]
pub struct Credential {
    /// File with a bearer token [env, the token itself: RACCORDO_TOKEN]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["client_id", "client_secret_file"])]
    token_file: Option<PathBuf>,
    /// Id of a program that gets its token from the hub by its secret [env: RACCORDO_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// File with the program's secret [env, the secret itself: RACCORDO_CLIENT_SECRET]
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
}

/// What is shown.
#[derive(Debug, PartialEq, Eq)]
pub enum Shown {
    Token(Secret),
    /// A program by its id, and its secret.
    Client(String, Secret),
}

impl Credential {
    /// What the arguments name, else what the environment does; `None` where neither names anything.
    ///
    /// # Errors
    /// A part of it is missing, cannot be read, or the environment names two.
    pub fn shown(self, variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<Shown>> {
        let given = |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if let Some(file) = self.token_file {
            return Ok(Some(Shown::Token(token(secret_in(&file)?)?)));
        }
        let is_client = self.client_id.is_some() || self.client_secret_file.is_some();
        let id = self.client_id.or_else(|| given("RACCORDO_CLIENT_ID"));
        match (given("RACCORDO_TOKEN").filter(|_| !is_client), id) {
            (Some(_), Some(_)) => {
                Err(Misuse("RACCORDO_TOKEN and RACCORDO_CLIENT_ID are both set: one of them is meant".into()).into())
            }
            (Some(text), None) => Ok(Some(Shown::Token(token(text.into())?))),
            (None, Some(id)) => {
                let secret = match self.client_secret_file {
                    Some(file) => Some(secret_in(&file)?),
                    None => given("RACCORDO_CLIENT_SECRET").map(Secret::from),
                };
                let missing = || Misuse("no secret: --client-secret-file or RACCORDO_CLIENT_SECRET has it".into());
                Ok(Some(Shown::Client(id, secret.ok_or_else(missing)?)))
            }
            (None, None) if is_client => {
                Err(Misuse("no program: --client-id or RACCORDO_CLIENT_ID has it".into()).into())
            }
            (None, None) => Ok(None),
        }
    }
}

/// A token that can stand in a header.
fn token(text: Secret) -> anyhow::Result<Secret> {
    ensure!(text.reveal().bytes().all(|byte| byte.is_ascii_graphic()), "what is given as token is none");
    Ok(text)
}

fn secret_in(file: &Path) -> anyhow::Result<Secret> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    ensure!(!text.trim().is_empty(), "{} is empty", file.display());
    Ok(text.trim().to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(flags: [Option<&str>; 3], environment: &[(&str, &str)]) -> Result<Option<Shown>, String> {
        let [token_file, client_id, client_secret_file] = flags;
        let credential = Credential {
            token_file: token_file.map(PathBuf::from),
            client_id: client_id.map(str::to_owned),
            client_secret_file: client_secret_file.map(PathBuf::from),
        };
        let variable = |name: &str| environment.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        credential.shown(variable).map_err(|error| error.to_string())
    }

    #[test]
    fn arguments_win_over_the_environment_and_two_of_it_are_one_too_many() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "in-a-file\n").unwrap();
        let file = file.path().to_str();
        let token = |text: &str| Ok(Some(Shown::Token(text.to_owned().into())));
        let client = |id: &str, secret: &str| Ok(Some(Shown::Client(id.to_owned(), secret.to_owned().into())));
        let (by_token, by_id) = (("RACCORDO_TOKEN", "a.b.c"), ("RACCORDO_CLIENT_ID", "7"));
        let by_secret = ("RACCORDO_CLIENT_SECRET", "s");
        assert_eq!(shown([None; 3], &[("RACCORDO_TOKEN", " ")]), Ok(None));
        assert_eq!(shown([None; 3], &[by_token]), token("a.b.c"));
        assert_eq!(shown([file, None, None], &[by_token, by_id]), token("in-a-file"));
        assert_eq!(shown([None; 3], &[by_id, by_secret]), client("7", "s"));
        assert_eq!(shown([None, Some("8"), None], &[by_token, by_id, by_secret]), client("8", "s"));
        assert_eq!(shown([None, None, file], &[by_token, by_id, by_secret]), client("7", "in-a-file"));
        for (flags, environment, why) in [
            ([None; 3], &[by_token, by_id][..], "both set"),
            ([None; 3], &[by_id], "no secret"),
            ([None, None, file], &[by_token], "no program"),
            ([Some("/nowhere"), None, None], &[], "/nowhere"),
            ([None; 3], &[("RACCORDO_TOKEN", "a b")], "as token is none"),
        ] {
            let told = shown(flags, environment).unwrap_err();
            assert!(told.contains(why), "{why}: {told}");
        }
    }
}
