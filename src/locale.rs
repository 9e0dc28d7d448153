//! The language of texts for people: Italian unless the caller prefers English.

use std::fmt;

/// A language of the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    #[default]
    Italian,
    English,
}

tokio::task_local! {
    static CURRENT: Locale;
}

impl Locale {
    /// From an `Accept-Language` header: whichever of the two languages is preferred.
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        let quality = |range: &str, language: &str| -> Option<f32> {
            let (tag, rest) = range.trim().split_once(';').unwrap_or((range.trim(), ""));
            let q = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse().ok())?;
            let primary = tag.split('-').next()?;
            primary.eq_ignore_ascii_case(language).then_some(q)
        };
        let best = |language| {
            accept_language
                .unwrap_or("")
                .split(',')
                .filter_map(|range| quality(range, language))
                .fold(0.0_f32, f32::max)
        };
        if best("en") > best("it") { Self::English } else { Self::Italian }
    }

    /// The language of the request being answered.
    pub fn current() -> Self {
        CURRENT.try_with(|locale| *locale).unwrap_or_default()
    }

    /// Answers a request in this language.
    pub fn scope<F: Future>(self, answer: F) -> impl Future<Output = F::Output> + use<F> {
        // No `async fn`: that would hold the answer twice, as what it was given and as what it waits for.
        CURRENT.scope(self, answer)
    }
}

/// One message in both languages, written where its rule is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub it: String,
    pub en: String,
}

impl Message {
    pub fn new(it: impl Into<String>, en: impl Into<String>) -> Self {
        Self { it: it.into(), en: en.into() }
    }

    pub fn in_locale(&self, locale: Locale) -> &str {
        match locale {
            Locale::Italian => &self.it,
            Locale::English => &self.en,
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.in_locale(Locale::current()))
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn the_preferred_language_wins_and_italian_is_the_default() {
        for (header, expected) in [
            (None, Locale::Italian),
            (Some("en"), Locale::English),
            (Some("en-GB,en;q=0.9"), Locale::English),
            (Some("it-IT, en;q=0.8"), Locale::Italian),
            (Some("it;q=0.2, en;q=0.8"), Locale::English),
            (Some("fr, de"), Locale::Italian),
            (Some(";;,=q"), Locale::Italian),
        ] {
            assert_eq!(Locale::negotiate(header), expected, "{header:?}");
        }
    }
}
