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

/// The same after its Italian article: `il 7%`, `l'8%`, `l'11%`, `lo 0%`.
fn the_percent(share: f64) -> String {
    let text = percent(share);
    match (share * 100.0).round() as u32 {
        0 => format!("lo {text}"),
        1 | 8 | 11 | 80..=89 => format!("l'{text}"),
        _ => format!("il {text}"),
    }
}

/// Decimals that two values need: none for whole numbers.
fn decimals(factor: &Factor) -> usize {
    usize::from([factor.own, factor.theirs].iter().any(|value| value.fract() != 0.0))
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
            format!(
                "Vive nel capoluogo {} dei residenti, contro {}.",
                the_percent(factor.own),
                the_percent(factor.theirs)
            ),
            format!("{share} of the people live in the capital, against {other}."),
        ),
        PeerFactorKind::NeedIndicator => {
            let (own, theirs) = values(decimals(factor));
            Message::new(
                format!("Valore indicato nel piano: {}, contro {}.", own.0, theirs.0),
                format!("Value given in the plan: {}, against {}.", own.1, theirs.1),
            )
        }
        PeerFactorKind::Needs => needs(own, theirs),
        PeerFactorKind::BodiesPerCapita => compare(1, "enti ogni 100.000 abitanti", "bodies per 100,000 people"),
        PeerFactorKind::BodyKinds => Message::new(
            format!(
                "La composizione degli enti coincide per {}; terzo settore {share}, contro {other}.",
                the_percent(factor.similarity)
            ),
            format!("The kinds of body coincide by {alike}; third sector {share}, against {other}."),
        ),
        PeerFactorKind::ProjectsPerCapita => {
            compare(1, "progetti attivi ogni 100.000 abitanti", "active projects per 100,000 people")
        }
        PeerFactorKind::TieKinds => Message::new(
            format!(
                "I tipi di legame coincidono per {}; legami con progetti {share}, contro {other}.",
                the_percent(factor.similarity)
            ),
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
    let (it, en) = (list(|topic| &topic.it), list(|topic| &topic.en));
    let (ours, others, shared) = (own.topics.len(), theirs.topics.len(), shared.len());
    if shared == 0 {
        return Message::new(
            format!("I piani vigenti non hanno ambiti in comune: {ours} contro {others}."),
            format!("The plans in force share no topic: {ours} against {others}."),
        );
    }
    Message::new(
        format!("Ambiti dei piani vigenti: {ours}, contro {others}; in comune {shared}: {it}."),
        format!("Topics of the plans in force: {ours}, against {others}; {shared} shared: {en}."),
    )
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

    #[test]
    fn a_percentage_bears_the_article_that_it_is_read_with() {
        let told: Vec<_> = [0.0, 0.01, 0.07, 0.08, 0.11, 0.18, 0.8, 0.89, 1.0].map(the_percent).into();
        assert_eq!(told, ["lo 0%", "l'1%", "il 7%", "l'8%", "l'11%", "il 18%", "l'80%", "l'89%", "il 100%"]);
    }
}
