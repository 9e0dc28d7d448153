//! Likeness in words.

use crate::locale::Message;
use crate::peers::model::{Factor, PeerFactorKind, Profile};

/// The topics of the councils' work [ambiti] that plans name by a key.
const TOPICS: [(&str, &str, &str); 10] = [
    ("school_and_literacy", "scuola e alfabetizzazione", "school and literacy"),
    ("health", "salute", "health"),
    ("housing_and_mobility", "casa e mobilità", "housing and mobility"),
    ("work", "lavoro", "work"),
    ("labour_exploitation", "contrasto al caporalato", "labour exploitation"),
    ("violence_against_women", "violenza di genere e tratta", "violence against women and trafficking"),
    ("mental_health", "salute mentale", "mental health"),
    ("unaccompanied_minors", "minori stranieri non accompagnati", "unaccompanied minors"),
    ("civic_training_and_services", "formazione civica e accesso ai servizi", "civic training and access to services"),
    ("participation_and_equality", "partecipazione e contrasto alle discriminazioni", "participation and equality"),
];

/// Name of a topic; what is no known key is shown as it is written.
pub fn topic(key: &str) -> Message {
    match TOPICS.iter().find(|topic| topic.0 == key) {
        Some((_, it, en)) => Message::new(*it, *en),
        None => Message::new(key.replace('_', " "), key.replace('_', " ")),
    }
}

/// Name of a factor.
pub fn label(factor: &Factor) -> Message {
    let (it, en) = match factor.kind {
        PeerFactorKind::Population => ("Popolazione", "Population"),
        PeerFactorKind::PopulationDensity => ("Densità abitativa", "Population density"),
        PeerFactorKind::CapitalShare => ("Residenti nel capoluogo", "People in the capital"),
        PeerFactorKind::NeedIndicator => {
            let name = factor.indicator.clone().unwrap_or_default();
            return Message::new(name.clone(), name);
        }
        PeerFactorKind::Needs => ("Bisogni dei piani vigenti", "Needs of the plans in force"),
        PeerFactorKind::BodiesPerCapita => ("Enti per abitante", "Bodies per capita"),
        PeerFactorKind::BodyKinds => ("Tipi di ente", "Kinds of body"),
        PeerFactorKind::ProjectsPerCapita => ("Progetti per abitante", "Projects per capita"),
        PeerFactorKind::TieKinds => ("Tipi di legame", "Kinds of tie"),
        PeerFactorKind::TiesPerBody => ("Legami per ente", "Ties per body"),
    };
    Message::new(it, en)
}

/// A number with so many decimals, as it is written in Italian and in English.
fn number(value: f64, decimals: usize) -> (String, String) {
    let plain = format!("{value:.decimals$}");
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let grouped = |separator: char| {
        let mut text = String::from(sign);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place) % 3 == 0 {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    };
    match rest {
        "" => (grouped('.'), grouped(',')),
        rest => (format!("{},{rest}", grouped('.')), format!("{}.{rest}", grouped(','))),
    }
}

/// A share of 1 in per cent.
fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// The comparison in one sentence.
pub fn explanation(factor: &Factor, own: &Profile, theirs: &Profile) -> Message {
    let values = |decimals| (number(factor.own, decimals), number(factor.theirs, decimals));
    let compare = |decimals: usize, it: &str, en: &str| {
        let (own, theirs) = values(decimals);
        Message::new(format!("{} {it}, contro {}.", own.0, theirs.0), format!("{} {en}, against {}.", own.1, theirs.1))
    };
    let (share, other) = (percent(factor.own), percent(factor.theirs));
    let alike = percent(factor.similarity);
    match factor.kind {
        PeerFactorKind::Population => compare(0, "abitanti", "people"),
        PeerFactorKind::PopulationDensity => compare(0, "abitanti per km²", "people per km²"),
        PeerFactorKind::CapitalShare => Message::new(
            format!("Vive nel capoluogo il {share} dei residenti, contro il {other}."),
            format!("{share} of the people live in the capital, against {other}."),
        ),
        PeerFactorKind::NeedIndicator => {
            let (own, theirs) = values(0);
            Message::new(
                format!("Valore indicato nel piano: {}, contro {}.", own.0, theirs.0),
                format!("Value given in the plan: {}, against {}.", own.1, theirs.1),
            )
        }
        PeerFactorKind::Needs => needs(own, theirs),
        PeerFactorKind::BodiesPerCapita => compare(1, "enti ogni 100.000 abitanti", "bodies for 100,000 people"),
        PeerFactorKind::BodyKinds => Message::new(
            format!("La composizione degli enti coincide per il {alike}; terzo settore {share}, contro {other}."),
            format!("The kinds of body coincide by {alike}; third sector {share}, against {other}."),
        ),
        PeerFactorKind::ProjectsPerCapita => {
            compare(1, "progetti attivi ogni 100.000 abitanti", "active projects for 100,000 people")
        }
        PeerFactorKind::TieKinds => Message::new(
            format!("I tipi di legame coincidono per il {alike}; legami con progetti {share}, contro {other}."),
            format!("The kinds of tie coincide by {alike}; ties to projects {share}, against {other}."),
        ),
        PeerFactorKind::TiesPerBody => compare(1, "legami per ente in media", "ties per body on average"),
    }
}

fn needs(own: &Profile, theirs: &Profile) -> Message {
    let shared: Vec<_> =
        own.topics.keys().filter(|key| theirs.topics.contains_key(*key)).map(|key| topic(key)).collect();
    if theirs.topics.is_empty() {
        return Message::new(
            "L'altro ufficio non ha un piano pubblico vigente.",
            "The other office has no public plan in force.",
        );
    }
    let list = |name: fn(&Message) -> &str| shared.iter().map(name).collect::<Vec<_>>().join(", ");
    match shared.len() {
        0 => Message::new("I piani vigenti non hanno ambiti in comune.", "The plans in force share no topic."),
        1 => Message::new(
            format!("I piani vigenti hanno in comune un ambito: {}.", list(|it| &it.it)),
            format!("The plans in force share one topic: {}.", list(|it| &it.en)),
        ),
        count => Message::new(
            format!("I piani vigenti hanno in comune {count} ambiti: {}.", list(|it| &it.it)),
            format!("The plans in force share {count} topics: {}.", list(|it| &it.en)),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_each_language_does() {
        let (it, en) = number(1_010_812.0, 0);
        assert_eq!((it.as_str(), en.as_str()), ("1.010.812", "1,010,812"));
        let (it, en) = number(-1234.56, 1);
        assert_eq!((it.as_str(), en.as_str()), ("-1.234,6", "-1,234.6"));
        assert_eq!(number(100.0, 0).0, "100");
    }
}
