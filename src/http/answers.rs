//! Answers that are kept in memory, each for as long as asking again would give the same.
//!
//! An answer for which nothing was asked of the database follows from the [`Question`] and from the hub's reference data
//! alone. It is found only by an equal question, of an equal viewer, and only until any reference data are exchanged.

use std::hash::{BuildHasher as _, Hash, Hasher as _, RandomState};
use std::io;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest;
use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use chrono::NaiveDate;
use tokio::sync::OnceCell;

use super::encoded::{Coding, Encoded};
use super::executor::Operation;
use super::halves::Halves;
use crate::access::{Caller, Viewer};
use crate::federation::usage::Used;
use crate::locale::Locale;

/// Questions remembered as asked once.
const ONCE: usize = 20_000;

/// All that an answer can depend on besides the reference data. Two that are equal have one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub operation: Operation,
    /// With all rights: no part of them is left out because no field reads it today.
    pub viewer: Viewer,
    pub locale: Locale,
    pub today: NaiveDate,
}

impl Question {
    /// Equal questions have equal numbers; some that differ, too.
    fn number(&self, state: &RandomState) -> u64 {
        let Self { operation, viewer, locale, today } = self;
        let mut hasher = state.build_hasher();
        (&operation.query, &operation.name, serde_json::to_string(&operation.variables).ok()).hash(&mut hasher);
        (viewer.level, viewer.organisation, viewer.sight.common()).hash(&mut hasher);
        match &viewer.caller {
            Caller::Public => {}
            Caller::Persona(name) => name.hash(&mut hasher),
            Caller::Person(person) => person.session.hash(&mut hasher),
            Caller::Client(client) => client.id.hash(&mut hasher),
        }
        (*locale as u8, today).hash(&mut hasher);
        hasher.finish()
    }
}

/// An answer that is kept, in each coding that was asked for.
pub struct Kept {
    question: Question,
    /// What it counts for in the caller's budget.
    pub complexity: u64,
    /// What it counts for as used.
    pub used: Arc<Used>,
    /// Weak: the end may differ.
    pub etag: HeaderValue,
    text: Bytes,
    /// Where the end begins in which it is told what is left of a budget.
    end: usize,
    encoded: [OnceCell<Encoded>; 3],
}

impl Kept {
    /// `text` is the whole body, of which the last bytes from `end` on may be another end each time.
    pub fn new(question: Question, (complexity, used): (u64, Arc<Used>), text: Bytes, end: usize) -> Self {
        let hash = digest::digest(&digest::SHA256, &text);
        let etag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));
        let etag = HeaderValue::try_from(etag).expect("it is ASCII");
        Self { question, complexity, used, etag, text, end, encoded: Default::default() }
    }

    fn weight(&self) -> usize {
        let encoded = self.encoded.iter().filter_map(OnceCell::get).map(Encoded::len).sum::<usize>();
        // A question has its share, and what keeps both.
        self.text.len() + encoded + self.question.operation.query.len() + 1024
    }
}

/// What is known of a question.
pub enum Found {
    Kept(Arc<Kept>),
    /// Nothing, but that it was asked before: worth keeping.
    Again,
    New,
}

/// The answers that are kept. Bounded in bytes, all codings together.
pub struct Answers {
    numbers: RandomState,
    memory: Mutex<Memory>,
}

struct Memory {
    /// Of the reference data from which the answers follow.
    generation: u64,
    /// By their questions' numbers; of two questions with one number the later has its answer kept.
    kept: Halves<u64, Arc<Kept>>,
    once: Halves<u64, ()>,
}

impl Answers {
    /// Keeps so many bytes at the most; none with 0.
    pub fn new(most: usize) -> Self {
        let memory = Memory { generation: 0, kept: Halves::new(most), once: Halves::new(ONCE) };
        Self { numbers: RandomState::new(), memory: Mutex::new(memory) }
    }

    /// Looks for a question's answer, as of a generation of the reference data that was read before.
    pub fn find(&self, question: &Question, generation: u64) -> Found {
        let number = question.number(&self.numbers);
        let mut memory = self.memory.lock().expect("no panic while held");
        if !memory.is_of(generation) {
            return Found::New;
        }
        if let Some(kept) = memory.kept.find(&number).filter(|kept| kept.question == *question) {
            return Found::Kept(kept.clone());
        }
        if memory.once.find(&number).is_some() {
            return Found::Again;
        }
        memory.once.put(number, (), 1);
        Found::New
    }

    /// Keeps an answer that was found as of a generation, unless there is a newer one.
    pub fn keep(&self, kept: &Arc<Kept>, generation: u64) {
        let number = kept.question.number(&self.numbers);
        let mut memory = self.memory.lock().expect("no panic while held");
        if memory.is_of(generation) {
            memory.kept.put(number, kept.clone(), kept.weight());
        }
    }

    /// The answer in a coding, encoded by whoever asks for it first while others wait.
    pub async fn encoded<'k>(&self, kept: &'k Arc<Kept>, coding: Coding) -> io::Result<&'k Encoded> {
        let cell = &kept.encoded[coding as usize];
        if let Some(encoded) = cell.get() {
            return Ok(encoded);
        }
        let encode = async || {
            let (text, end) = (kept.text.clone(), kept.end);
            if coding == Coding::Identity {
                return Encoded::new(coding, &text, end);
            }
            tokio::task::spawn_blocking(move || Encoded::new(coding, &text, end)).await?
        };
        let encoded = cell.get_or_try_init(encode).await?;
        self.weigh_again(kept);
        Ok(encoded)
    }

    /// An answer that was encoded takes more memory than before.
    fn weigh_again(&self, kept: &Arc<Kept>) {
        let number = kept.question.number(&self.numbers);
        let mut memory = self.memory.lock().expect("no panic while held");
        if memory.kept.find(&number).is_some_and(|known| Arc::ptr_eq(known, kept)) {
            memory.kept.put(number, kept.clone(), kept.weight());
        }
    }
}

impl Memory {
    /// Whether this generation is the newest that is known; answers of earlier ones are let go.
    fn is_of(&mut self, generation: u64) -> bool {
        if generation > self.generation {
            self.kept.clear();
            self.generation = generation;
        }
        generation == self.generation
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::access::scope::Scopes;
    use crate::access::{Client, Level, Room, Sight};

    fn question() -> Question {
        Question {
            operation: Operation {
                query: "query A($a: Int) { a }".into(),
                name: Some("A".into()),
                variables: Variables::from_json(json!({ "a": 1 })),
            },
            viewer: Viewer::public(),
            locale: Locale::Italian,
            today: NaiveDate::from_ymd_opt(2026, 11, 25).unwrap(),
        }
    }

    fn kept(question: &Question, size: usize) -> Arc<Kept> {
        let counts = (1, Arc::new(Used::nothing()));
        Arc::new(Kept::new(question.clone(), counts, vec![b'x'; size].into(), 0))
    }

    fn is_kept(answers: &Answers, question: &Question, generation: u64) -> bool {
        matches!(answers.find(question, generation), Found::Kept(kept) if kept.question == *question)
    }

    #[test]
    fn only_an_equal_question_finds_an_answer() {
        let answers = Answers::new(1 << 20);
        answers.keep(&kept(&question(), 100), 0);
        assert!(is_kept(&answers, &question(), 0));
        let client = |requests_per_minute| Client {
            id: Uuid::from_u128(1),
            scopes: Scopes::default(),
            purpose: None,
            requests_per_minute,
            cost_per_minute: 1,
        };
        type Change = fn(&mut Question);
        let changes: [(&str, Change); 9] = [
            ("document", |it| it.operation.query.push(' ')),
            ("operation", |it| it.operation.name = None),
            ("variables", |it| it.operation.variables = Variables::from_json(json!({ "a": 2 }))),
            ("language", |it| it.locale = Locale::English),
            ("day", |it| it.today = it.today.succ_opt().unwrap()),
            ("level", |it| it.viewer.level = Level::National),
            ("organisation", |it| it.viewer.organisation = Some(Uuid::from_u128(1))),
            ("sight", |it| it.viewer.sight = Sight::everywhere([0, 1])),
            ("caller", |it| it.viewer.caller = Caller::Persona("dlci")),
        ];
        for (what, change) in changes {
            let mut other = question();
            change(&mut other);
            assert!(!is_kept(&answers, &other, 0), "{what}");
        }
        // Rights that no number tells apart.
        let mut room = question();
        room.viewer.sight = room.viewer.sight.in_rooms([Room::Plans], |_| [0, 1]);
        assert_eq!(room.number(&answers.numbers), question().number(&answers.numbers));
        assert!(!is_kept(&answers, &room, 0));
        answers.keep(&kept(&room, 100), 0);
        assert!(is_kept(&answers, &room, 0) && !is_kept(&answers, &question(), 0), "one number, one answer");
        let (mut one, mut other) = (question(), question());
        (one.viewer.caller, other.viewer.caller) = (Caller::Client(client(1)), Caller::Client(client(2)));
        answers.keep(&kept(&one, 100), 0);
        assert!(is_kept(&answers, &one, 0) && !is_kept(&answers, &other, 0));
    }

    #[test]
    fn answers_end_with_the_generation_that_they_follow_from() {
        let answers = Answers::new(1 << 20);
        answers.keep(&kept(&question(), 100), 3);
        assert!(is_kept(&answers, &question(), 3));
        assert!(!is_kept(&answers, &question(), 4));
        assert!(matches!(answers.find(&question(), 3), Found::New), "who began before the change keeps nothing");
        answers.keep(&kept(&question(), 100), 3);
        assert!(!is_kept(&answers, &question(), 4) && !is_kept(&answers, &question(), 3));
    }

    #[test]
    fn a_question_asked_again_is_worth_keeping() {
        let answers = Answers::new(1 << 20);
        assert!(matches!(answers.find(&question(), 0), Found::New));
        assert!(matches!(answers.find(&question(), 0), Found::Again));
        assert!(matches!(answers.find(&question(), 1), Found::Again), "after a change, too");
    }

    #[tokio::test]
    async fn the_memory_is_bounded_with_all_codings() {
        let answers = Answers::new(100_000);
        for n in 0..100 {
            let question =
                Question { operation: Operation { query: n.to_string(), ..Operation::default() }, ..question() };
            let kept = kept(&question, 10_000);
            answers.keep(&kept, 0);
            for coding in [Coding::Zstd, Coding::Gzip, Coding::Identity] {
                answers.encoded(&kept, coding).await.unwrap();
            }
            assert!(is_kept(&answers, &question, 0));
            let memory = answers.memory.lock().unwrap();
            let weight: usize = memory.kept.values().map(|kept| kept.weight()).sum();
            assert!(weight <= 100_000, "{weight}");
        }
        let none = Answers::new(0);
        none.keep(&kept(&question(), 1), 0);
        assert!(!is_kept(&none, &question(), 0));
    }
}
