//! What a file is: told in every file, so that it is known where it came from when it is found again.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization as _;

use super::question::{Question, Span};
use crate::access::{Level, Viewer};
use crate::locale::Message;
use crate::network::view::{Found, View};

/// What the names and places of territories come from: to be named wherever they are shown.
const ATTRIBUTION: &str = "Dati ISTAT (CC BY). Confini: elaborazione Openpolis su dati ISTAT (CC BY 4.0).";

/// What a file is about, in the language of who asked.
pub struct About {
    pub title: String,
    /// Name of each entry, the same in every language; what it is called; what it says.
    pub entries: Vec<Entry>,
    /// The file's name without its ending.
    pub file_stem: String,
    /// The day, or the last of the period.
    pub until: NaiveDate,
    pub period: Option<Span>,
    pub has_synthetic: bool,
}

/// One thing told about a file.
pub struct Entry {
    /// The same in every language.
    pub name: &'static str,
    pub label: String,
    pub value: String,
}

fn text(it: impl Into<String>, en: impl Into<String>) -> String {
    Message::new(it, en).to_string()
}

impl About {
    /// `scope` is what people call the part, e.g. `Bologna`; `day` is the one shown where there is no period.
    pub fn new(
        question: &Question,
        scope: &str,
        day: NaiveDate,
        hub: &str,
        viewer: &Viewer,
        view: &View,
        found: &Found,
    ) -> Self {
        let snapshot = &view.snapshot;
        let has_synthetic = found.nodes.iter().any(|node| snapshot.node(*node).is_synthetic)
            || found.ties.iter().any(|tie| snapshot.tie(*tie).is_synthetic);
        let (when, until) = match question.period {
            None => (text(format!("al {day}"), format!("as of {day}")), day),
            Some(Span { from: Some(from), until }) => {
                (text(format!("dal {from} al {until}"), format!("from {from} until {until}")), until)
            }
            Some(Span { from: None, until }) => (text(format!("fino al {until}"), format!("until {until}")), until),
        };
        let mut entries = Vec::new();
        let mut add =
            |name, it: &str, en: &str, value: String| entries.push(Entry { name, label: text(it, en), value });
        add("source", "Fonte", "Source", hub.to_owned());
        add("scope", "Ambito", "Scope", scope.to_owned());
        match question.period {
            None => add("asOf", "Al giorno", "As of", day.to_string()),
            Some(Span { from, until }) => {
                let from = from.map_or_else(|| text("dall'inizio", "the beginning"), |from| from.to_string());
                add("from", "Dal giorno", "From", from);
                add("until", "Al giorno", "Until", until.to_string());
            }
        }
        for (name, value) in question.parameters().into_iter().filter(|(name, _)| !NO_FILTERS.contains(name)) {
            add(name, name, name, value);
        }
        add("nodeCount", "Nodi", "Nodes", found.nodes.len().to_string());
        add("edgeCount", "Legami", "Ties", found.ties.len().to_string());
        add("dataVersion", "Versione dei dati", "Data version", snapshot.version.to_string());
        add("visibleTo", "Contiene quanto può vedere", "Holds what may be seen by", visible_to(viewer));
        add(
            "synthetic",
            "Dati sintetici",
            "Made-up data",
            match has_synthetic {
                true => text(
                    "sì: contiene dati dimostrativi inventati (isSynthetic)",
                    "yes: there is made-up demonstration data in it (isSynthetic)",
                ),
                false => text("no", "no"),
            },
        );
        add("attribution", "Attribuzione", "Attribution", ATTRIBUTION.to_owned());
        let dates = match question.period {
            None => day.to_string(),
            Some(Span { from, until }) => format!("{}-{until}", from.map_or_else(String::new, |from| from.to_string())),
        };
        Self {
            title: text(
                format!("Rete di coordinamento: {scope}, {when}"),
                format!("Coordination network: {scope}, {when}"),
            ),
            entries,
            file_stem: format!(
                "raccordo-network-{}-{}-v{}",
                plain(scope),
                dates.trim_start_matches('-'),
                snapshot.version
            ),
            until,
            period: question.period,
            has_synthetic,
        }
    }

    /// As a text of one line each.
    pub fn lines(&self) -> String {
        self.entries.iter().map(|Entry { name, value, .. }| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
    }
}

/// Parameters that are told in another way, or are not about the contents.
const NO_FILTERS: [&str; 8] = ["around", "province", "region", "national", "asOf", "from", "until", "part"];

/// At which level the caller acts; no name, which could be a person's.
fn visible_to(viewer: &Viewer) -> String {
    match viewer.level {
        Level::National => text("Dipartimento (livello centrale)", "the central department"),
        Level::Prefecture => text("una Prefettura", "an office of the prefect"),
        Level::Council => text("un Consiglio territoriale", "a territorial council"),
        Level::Partner => text("un ente partner", "a partner body"),
        Level::Public => text("chiunque", "anyone"),
    }
}

/// A name as part of a file's: small Latin letters and digits, hyphens between.
fn plain(name: &str) -> String {
    let letters: String = name.nfkd().filter(|letter| letter.is_ascii()).collect::<String>().to_ascii_lowercase();
    let words: Vec<&str> =
        letters.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut plain = words.join("-");
    plain.truncate(40);
    if plain.is_empty() { "part".into() } else { plain.trim_end_matches('-').into() }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_becomes_part_of_a_file_name() {
        assert_eq!(plain("Forlì-Cesena"), "forli-cesena");
        assert_eq!(plain("Valle d'Aosta/Vallée d'Aoste"), "valle-d-aosta-vallee-d-aoste");
        assert_eq!(plain("../\"\r\n"), "part");
        assert_eq!(plain(&"a ".repeat(60)).len(), 39);
    }
}
