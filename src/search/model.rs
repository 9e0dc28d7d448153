//! What is asked and what is found.

use uuid::Uuid;

use crate::text_enum;

text_enum! {
    /// Kind of a record that search finds [tipo di risultato].
    pub enum SearchKind {
        /// A body of the network: name, description, codes [ente].
        Organisation = "organisation",
        /// A project: title, summary, CUP, CIG [progetto].
        Project = "project",
        /// A territorial plan: title, analysis, and the text of its needs, priorities and interventions
        /// [piano territoriale].
        TerritorialPlan = "territorial_plan",
        /// An agreement: title, subject, reference [protocollo d'intesa].
        Agreement = "agreement",
        /// A call: title, reference [avviso].
        FundingCall = "funding_call",
        /// A node of a funding programme: name in both languages, code [voce di programma].
        ProgrammeNode = "programme_node",
        /// A region [regione].
        Region = "region",
        /// A province of any date: name, abbreviation [provincia].
        Province = "province",
        /// A municipality of any date: names, cadastral code [comune].
        Municipality = "municipality",
    }
}

/// Characters of a question at the most.
pub const LONGEST: usize = 200;
/// Words whose spelling may vary, at the most: the longest ones of the question.
const MOST_WORDS: usize = 8;

/// What the caller looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// In the syntax of web search engines, as PostgreSQL's `websearch_to_tsquery` reads it.
    pub text: String,
    /// The words whose spelling may vary; none where the caller is exact: quotes, exclusions, alternatives.
    pub words: Vec<String>,
}

impl Question {
    pub fn new(text: &str) -> Self {
        // As documents are read (`search_vector`): hyphens and slashes part words; only a hyphen before a word, and not
        // after one, excludes it. One by itself, as in a title, is a dash.
        let mut before = ' ';
        let mut after = text.chars().skip(1);
        let text: String = text
            .chars()
            .map(|c| {
                let is_dash = after.next().is_none_or(char::is_whitespace);
                let parts = c == '/' || c == '-' && (is_dash || !before.is_whitespace());
                before = c;
                if parts { ' ' } else { c }
            })
            .collect();
        let mut tokens = text.split_whitespace();
        let is_exact =
            text.contains('"') || tokens.any(|token| token.starts_with('-') || token.eq_ignore_ascii_case("or"));
        let mut words: Vec<String> = if is_exact {
            Vec::new()
        } else {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3);
            words.map(String::from).collect()
        };
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.truncate(MOST_WORDS);
        Self { text, words }
    }
}

/// A record found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Id of the document; ties in rank are broken by it.
    pub id: Uuid,
    pub kind: SearchKind,
    /// Id or code of the record.
    pub key: String,
    pub title: String,
    pub is_synthetic: bool,
    /// Millionths of the score.
    pub rank: i32,
    /// What the record says where it matches, with marks; only where asked for.
    pub excerpt: Option<String>,
}

/// A page of hits, and how many there are altogether.
#[derive(Clone, Debug)]
pub struct Found {
    pub total: i64,
    pub hits: Vec<Hit>,
}

/// What a page of hits starts after: rank and document of the last one.
pub type After = Option<(i32, Uuid)>;

/// The characters around what matched in an excerpt: of the private use area, so that no text means anything by them.
const MARKS: [char; 2] = ['\u{E000}', '\u{E001}'];

/// Takes an excerpt apart: each part, and whether it matched.
pub fn parts(excerpt: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut is_match = false;
    excerpt.split_inclusive(MARKS).filter_map(move |piece| {
        let was_match = is_match;
        is_match = if piece.ends_with(MARKS) { piece.ends_with(MARKS[0]) } else { is_match };
        let text = piece.trim_end_matches(MARKS);
        (!text.is_empty()).then_some((text, was_match))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Question::new(text).words
    }

    #[test]
    fn the_longest_words_may_vary_and_short_ones_may_not() {
        assert_eq!(words("piano di Bologna"), ["Bologna", "piano"]);
        assert_eq!(words("dell'integrazione socio-sanitaria"), ["integrazione", "sanitaria", "socio", "dell"]);
        assert_eq!(words("uno due tre quattro cinque sei sette otto nove dieci").len(), MOST_WORDS);
        assert_eq!(words("🙂 !! <b>"), Vec::<String>::new());
    }

    #[test]
    fn an_exact_question_varies_no_word() {
        for text in ["\"piano territoriale\"", "piano -bologna", "piano OR bologna"] {
            assert_eq!(words(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_hyphen_excludes_before_a_word_and_parts_inside_one() {
        assert_eq!(Question::new("2021-2027 e/o -bologna").text, "2021 2027 e o -bologna");
        let title = Question::new("Prefettura - Ufficio di Bologna -");
        assert_eq!(title.text, "Prefettura   Ufficio di Bologna  ");
        assert_eq!(title.words, ["Prefettura", "Ufficio", "Bologna"]);
    }

    #[test]
    fn an_excerpt_comes_apart_at_its_marks() {
        let found: Vec<_> = parts("le \u{E000}Prefetture\u{E001} e i <b>").collect();
        assert_eq!(found, [("le ", false), ("Prefetture", true), (" e i <b>", false)]);
        let found: Vec<_> = parts("\u{E000}a\u{E001}\u{E000}b\u{E001}").collect();
        assert_eq!(found, [("a", true), ("b", true)]);
        assert_eq!(parts("").count(), 0);
    }
}
