//! Reads one cell: a value of the database, or the rule that the text breaks.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;

use super::columns::{Form, List, Member, fold};
use super::ground::Ground;
use super::row::{Body, Entry, Row};
use crate::identifiers::{Broken, Cig, Cup, FiscalCode, IpaCode, RuntsNumber, VatNumber};

/// What the records of other tables that a batch of rows names are, beside the [`Ground`].
pub struct Lookups<'a> {
    pub ground: &'a Ground,
    /// By natural key in its written form; several organisations where a key is ambiguous.
    pub bodies: HashMap<String, Vec<Arc<Body>>>,
    pub programmes: HashSet<String>,
    /// Ids by reference.
    pub calls: HashMap<String, String>,
}

/// A broken value: of a list the member that is broken.
pub type Refusal = (String, Broken);

/// Members of a list: separated by `:::`, as OpenCoesione does, or by a bar.
pub fn members(text: &str) -> impl Iterator<Item = &str> {
    let separator = if text.contains(":::") { ":::" } else { "|" };
    text.split(separator).map(str::trim).filter(|member| !member.is_empty())
}

/// The written form of an organisation's natural key, by what it looks like.
pub fn body_key(text: &str) -> Result<String, Broken> {
    if text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_digit()) || text.len() == 16 {
        return text.parse::<FiscalCode>().map(String::from);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<RuntsNumber>().map(String::from);
    }
    text.parse::<IpaCode>().map(String::from)
}

impl Lookups<'_> {
    /// Reads a cell that is not empty into the row. `field` is the column's field.
    pub fn read(&self, row: &mut Row, field: Option<&'static str>, form: &Form, text: &str) -> Result<(), Refusal> {
        let Some(field) = field else { return Ok(()) };
        let whole = |broken| (text.to_owned(), broken);
        let value = match form {
            Form::Text { longest } => written(text, *longest).map_err(whole)?,
            Form::Cup => identifier::<Cup>(text).map_err(whole)?,
            Form::FiscalCode => identifier::<FiscalCode>(text).map_err(whole)?,
            Form::VatNumber => identifier::<VatNumber>(text).map_err(whole)?,
            Form::IpaCode => identifier::<IpaCode>(text).map_err(whole)?,
            Form::RuntsNumber => identifier::<RuntsNumber>(text).map_err(whole)?,
            Form::OfficeCode => text.to_ascii_uppercase(),
            Form::Date => date(text).map_err(whole)?,
            Form::Amount => amount(text).map_err(whole)?,
            Form::Choice(choices) => choice(text, choices).map_err(whole)?,
            Form::Province => {
                let province = self.ground.province(text).ok_or_else(|| whole(unknown_province()))?;
                province.to_owned()
            }
            Form::Municipality => return self.municipality(row, field, text).map_err(whole),
            Form::Council => {
                let council = self.ground.council(text).ok_or_else(|| {
                    whole(Broken::new(
                        "council.unknown",
                        "non è un consiglio: indicare la provincia o il codice dell'ufficio, es. BO o PREF-BO",
                        "is no council: give its province or its office's code, e.g. BO or PREF-BO",
                    ))
                })?;
                row.fields.insert("owner_number", Some(council.number.to_string()));
                row.fields.insert("province_code", Some(council.province_code.clone()));
                council.id.to_string()
            }
            Form::Body | Form::Owner => {
                let body = self.body(text).map_err(whole)?;
                if matches!(form, Form::Owner) {
                    row.fields.insert("owner_number", Some(body.number.to_string()));
                }
                row.labels.insert(field, body.name.clone());
                body.id.to_string()
            }
            Form::Programme => {
                if !self.programmes.contains(text) {
                    return Err(whole(unknown_programme()));
                }
                text.to_owned()
            }
            Form::ProgrammePath => Self::programme_path(row, text).map_err(whole)?,
            Form::Call => {
                let id = self.calls.get(text).ok_or_else(|| {
                    whole(Broken::new("call.unknown", "non è il riferimento di un avviso", "is no call's reference"))
                })?;
                row.labels.insert(field, text.to_owned());
                id.clone()
            }
            Form::List(_) | Form::Names => return Ok(()),
        };
        row.fields.insert(field, Some(value));
        Ok(())
    }

    /// Reads a list's cell. `names` is the cell of the column with its members' names.
    pub fn read_list(&self, list: &List, text: &str, names: Option<&str>) -> Result<Vec<Entry>, Vec<Refusal>> {
        if let (Some(names), Member::BodyOrNew { .. }) = (names, &list.member)
            && names.split(":::").count() != text.split(":::").count()
        {
            let (it, en) =
                ("i codici fiscali e le denominazioni non sono tanti quanti", "as many names as codes are needed");
            return Err(vec![(text.to_owned(), Broken::new("list.names", it, en))]);
        }
        let (mut entries, mut refusals) = (Vec::<Entry>::new(), Vec::new());
        for member in members(text) {
            match self.member(&list.member, member) {
                Ok(entry) if entries.iter().all(|other| other.key != entry.key) => entries.push(entry),
                Ok(_) => {}
                Err(broken) => refusals.push((member.to_owned(), broken)),
            }
        }
        if refusals.is_empty() { Ok(entries) } else { Err(refusals) }
    }

    fn member(&self, member: &Member, text: &str) -> Result<Entry, Broken> {
        match member {
            Member::Body | Member::BodyOrNew { .. } => {
                let body = self.body(text)?;
                Ok(Entry { key: body.id.to_string(), label: body.name.clone(), body: Some(body) })
            }
            Member::Place => {
                let place = self.ground.place(text).ok_or_else(|| {
                    Broken::new(
                        "place.unknown",
                        "non è una provincia né il codice di un comune",
                        "is neither a province nor a municipality's code",
                    )
                })?;
                Ok(Entry::place(&place))
            }
            Member::Contract => {
                let key = identifier::<Cig>(text)?;
                Ok(Entry { label: key.clone(), key, body: None })
            }
        }
    }

    fn body(&self, text: &str) -> Result<Arc<Body>, Broken> {
        match self.bodies.get(&body_key(text)?).map(Vec::as_slice) {
            Some([body]) => Ok(body.clone()),
            Some([_, _, ..]) => Err(Broken::new(
                "organisation.ambiguous",
                "indica più di un'organizzazione: usare un altro codice",
                "means more than one organisation: use another code",
            )),
            _ => Err(Broken::new(
                "organisation.unknown",
                "non è il codice fiscale, IPA, RUNTS o dell'ufficio di un'organizzazione registrata",
                "is no fiscal, IPA, RUNTS or office code of an organisation on record",
            )),
        }
    }

    fn municipality(&self, row: &mut Row, field: &'static str, text: &str) -> Result<(), Broken> {
        let province = row.given("province_code").map(String::from);
        let found = self.ground.municipality(text, province.as_deref()).ok_or_else(|| {
            Broken::new(
                "municipality.unknown",
                "non è un comune: indicare il codice ISTAT o catastale, o il nome insieme alla provincia",
                "is no municipality: give its ISTAT or cadastral code, or its name together with the province",
            )
        })?;
        if province.as_ref().is_some_and(|province| *province != found.province_code) {
            let (it, en) = ("non è in questa provincia", "is not in this province");
            return Err(Broken::new("municipality.province", it, en));
        }
        row.fields.insert(field, Some(found.code.clone()));
        row.fields.insert("province_code", Some(found.province_code.clone()));
        Ok(())
    }

    fn programme_path(row: &mut Row, text: &str) -> Result<String, Broken> {
        if text.len() > 200 || text.split('/').any(|part| part.is_empty() || part.trim() != part) {
            let (it, en) = (
                "dev'essere un percorso di codici, es. FAMI-2021-2027/OS2/2.d",
                "must be a path of codes, e.g. FAMI-2021-2027/OS2/2.d",
            );
            return Err(Broken::new("programme.path", it, en));
        }
        let (parent, label) = text.rsplit_once('/').map_or((None, text), |(parent, label)| (Some(parent), label));
        row.fields.insert("parent_code", parent.map(String::from));
        row.fields.insert("label", Some(label.into()));
        Ok(text.to_owned())
    }
}

fn identifier<T: FromStr<Err = Broken> + Into<String>>(text: &str) -> Result<String, Broken> {
    text.parse::<T>().map(Into::into)
}

fn unknown_province() -> Broken {
    Broken::new(
        "province.unknown",
        "non è una provincia: indicare il codice ISTAT, la sigla o il nome",
        "is no province: give its ISTAT code, abbreviation or name",
    )
}

fn unknown_programme() -> Broken {
    Broken::new("programme.unknown", "non è il codice di un nodo di un programma", "is no code of a programme's node")
}

fn written(text: &str, longest: usize) -> Result<String, Broken> {
    if text.contains('\0') {
        return Err(Broken::new(
            "text.character",
            "contiene un carattere non ammesso (U+0000)",
            "holds a character that is not allowed (U+0000)",
        ));
    }
    match text.chars().count() {
        length if length > longest => Err(Broken::new(
            "text.length",
            format!("ha {length} caratteri, ne sono ammessi {longest}"),
            format!("has {length} characters, {longest} are allowed"),
        )),
        _ => Ok(text.to_owned()),
    }
}

fn date(text: &str) -> Result<String, Broken> {
    // A day with a time, as spreadsheets write it, is the day.
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let formats: &[&str] = if day.len() == 8 && !day.contains(['/', '.', '-']) {
        &["%Y%m%d"]
    } else {
        &["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]
    };
    let found = formats.iter().find_map(|format| NaiveDate::parse_from_str(day, format).ok());
    let date = found.filter(|date| (1000..=9999).contains(&date.year())).ok_or_else(|| {
        Broken::new(
            "date.form",
            "non è una data: scriverla come 2024-03-01 o 01/03/2024",
            "is no date: write it as 2024-03-01 or 01/03/2024",
        )
    })?;
    Ok(date.to_string())
}

/// A comma is the decimal one, unless a point follows it; a single point with three digits behind it groups thousands.
fn amount(text: &str) -> Result<String, Broken> {
    let broken = |it: &str, en: &str| Broken::new("amount.form", it, en);
    let form = || broken("non è un importo: scriverlo come 1234,56", "is no amount: write it as 1234.56");
    let plain: String =
        text.chars().filter(|character| !matches!(character, ' ' | '\u{a0}' | '\u{202f}' | '€' | '\'')).collect();
    let english = plain.rfind('.') > plain.rfind(',') && plain.contains(',');
    let grouped = !plain.contains(',') && {
        let parts: Vec<&str> = plain.split('.').collect();
        parts.len() > 2 || parts.len() == 2 && parts[1].len() == 3
    };
    let (groups, decimal) = match (plain.contains(','), english) {
        (true, true) => (',', '.'),
        (true, false) => ('.', ','),
        (false, _) if grouped => ('.', ','),
        (false, _) => (',', '.'),
    };
    let (whole, cents) = plain.split_once(decimal).unwrap_or((&plain, ""));
    let parts: Vec<&str> = whole.split(groups).collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let well_grouped = parts.len() == 1 || parts[0].len() <= 3 && parts[1..].iter().all(|part| part.len() == 3);
    if !parts.iter().all(digits) || !well_grouped || !cents.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(match plain.strip_prefix('-') {
            Some(_) => {
                Broken::new("amount.negative", "un importo non può essere negativo", "an amount cannot be negative")
            }
            None => form(),
        });
    }
    if cents.trim_end_matches('0').len() > 2 {
        let (it, en) = ("ha più di due decimali", "has more than two decimals");
        return Err(Broken::new("amount.decimals", it, en));
    }
    let number: Decimal = format!("{}.{}0", parts.concat(), cents).parse().map_err(|_| form())?;
    if number >= Decimal::from(1_000_000_000_000_u64) {
        return Err(Broken::new("amount.size", "supera mille miliardi", "is above a million million"));
    }
    Ok(format!("{:.2}", number.round_dp(2)))
}

fn choice(text: &str, choices: &[(&'static str, &[&str])]) -> Result<String, Broken> {
    let folded = fold(text);
    let found =
        choices.iter().find(|(value, others)| folded == *value || others.iter().any(|other| folded == fold(other)));
    found.map(|(value, _)| (*value).to_owned()).ok_or_else(|| {
        let values = choices.iter().map(|(value, _)| *value).collect::<Vec<_>>().join(", ");
        Broken::new("choice.unknown", format!("dev'essere uno di: {values}"), format!("must be one of: {values}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_italian_and_in_english() {
        for (text, expected) in [
            ("1234,56", Ok("1234.56")),
            ("1.234,56", Ok("1234.56")),
            ("1,234.56", Ok("1234.56")),
            ("1234.5", Ok("1234.50")),
            ("1.234", Ok("1234.00")),
            ("1.234.567", Ok("1234567.00")),
            ("€ 400 000", Ok("400000.00")),
            ("0", Ok("0.00")),
            ("1234.500", Err("amount.form")),
            ("400000,000000", Ok("400000.00")),
            ("1,234", Err("amount.decimals")),
            ("-5", Err("amount.negative")),
            ("12.34,5", Err("amount.form")),
            ("mille", Err("amount.form")),
            ("1000000000000", Err("amount.size")),
            ("99999999999999999999999999999999", Err("amount.form")),
            (",", Err("amount.form")),
        ] {
            let found = amount(text).map_err(|broken| broken.rule);
            assert_eq!(found.as_deref(), expected.as_ref().map(|it| &**it), "{text}");
        }
    }

    #[test]
    fn days_are_read_in_three_ways() {
        for text in ["2024-03-01", "01/03/2024", "1/3/2024", "20240301", "2024-03-01 00:00:00"] {
            assert_eq!(date(text).unwrap(), "2024-03-01", "{text}");
        }
        for text in ["2024-02-30", "03/2024", "45352", "01/03/24", "x"] {
            assert_eq!(date(text).unwrap_err().rule, "date.form", "{text}");
        }
    }
}
