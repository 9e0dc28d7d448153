//! The script's last answers: a version is checked when it is tried, handed in and approved, mostly within the same graph, and
//! each answer costs a core for a second or more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};

/// Four are needed for a version.
const MOST: usize = 16;
/// Bytes of an answer that is kept, at the most.
const LARGEST: usize = 4 * 1024 * 1024;

/// Stands for one call: the function with all that it is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key([u8; 32]);

impl Key {
    pub fn of(function: &str, asked: &str) -> Self {
        let hash = digest(&SHA256, format!("{function}\n{asked}").as_bytes());
        Self(hash.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

/// Answers, the one that was needed last at the end.
pub(super) struct Answers(Mutex<VecDeque<(Key, Arc<str>)>>);

impl Answers {
    pub const fn none() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    pub fn find(&self, key: Key) -> Option<Arc<str>> {
        let mut answers = self.0.lock().expect("no panic while held");
        let at = answers.iter().position(|(known, _)| *known == key)?;
        let found = answers.remove(at)?;
        let answer = found.1.clone();
        answers.push_back(found);
        Some(answer)
    }

    pub fn keep(&self, key: Key, answer: Arc<str>) {
        if answer.len() > LARGEST {
            return;
        }
        let mut answers = self.0.lock().expect("no panic while held");
        answers.retain(|(known, _)| *known != key);
        answers.push_back((key, answer));
        if answers.len() > MOST {
            answers.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_that_were_needed_last_are_known() {
        let answers = Answers::none();
        let key = |at: usize| Key::of("compose", &at.to_string());
        for at in 0..MOST {
            answers.keep(key(at), at.to_string().into());
        }
        assert_eq!(answers.find(key(0)).as_deref(), Some("0"));
        answers.keep(key(MOST), "more".into());
        assert!(answers.find(key(0)).is_some() && answers.find(key(1)).is_none(), "the one that nobody needed");
        assert_eq!(answers.find(Key::of("compare", "0")), None, "of another function");
        answers.keep(key(1), "x".repeat(LARGEST + 1).into());
        assert_eq!(answers.find(key(1)), None);
    }
}
