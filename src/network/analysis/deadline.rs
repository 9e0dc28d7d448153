//! How long an analysis may take, and how it learns that nobody waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Until when an analysis may run, and whether somebody still waits for it. All clones are one.
#[derive(Clone, Debug)]
pub struct Deadline {
    ends: Option<Instant>,
    is_cancelled: Arc<AtomicBool>,
}

/// Why an analysis came to no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    #[error("the analysis ran out of time")]
    OutOfTime,
    #[error("the analysis was cancelled")]
    Cancelled,
}

impl Deadline {
    pub fn after(budget: Duration) -> Self {
        Self { ends: Instant::now().checked_add(budget), is_cancelled: Arc::default() }
    }

    /// Ends only when it is cancelled.
    pub fn none() -> Self {
        Self { ends: None, is_cancelled: Arc::default() }
    }

    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    pub fn check(&self) -> Result<(), Stopped> {
        if self.is_cancelled.load(Ordering::Relaxed) {
            return Err(Stopped::Cancelled);
        }
        match self.ends {
            Some(ends) if Instant::now() >= ends => Err(Stopped::OutOfTime),
            _ => Ok(()),
        }
    }

    pub fn pace(&self) -> Pace<'_> {
        Pace { deadline: self, left: Pace::STRETCH }
    }
}

/// Checks a deadline after every stretch of work, so that small steps need not look at the clock each.
pub struct Pace<'a> {
    deadline: &'a Deadline,
    left: usize,
}

impl Pace<'_> {
    /// Visits of a neighbour, a few nanoseconds each.
    const STRETCH: usize = 1 << 16;

    /// Tells of work done: so many neighbours visited, or the like.
    pub fn spend(&mut self, work: usize) -> Result<(), Stopped> {
        if let Some(left) = self.left.checked_sub(work) {
            self.left = left;
            return Ok(());
        }
        self.left = Self::STRETCH;
        self.deadline.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_ends_by_time_or_by_being_cancelled() {
        assert_eq!(Deadline::after(Duration::from_secs(3600)).check(), Ok(()));
        assert_eq!(Deadline::after(Duration::ZERO).check(), Err(Stopped::OutOfTime));
        let deadline = Deadline::none();
        assert_eq!(deadline.check(), Ok(()));
        deadline.clone().cancel();
        assert_eq!(deadline.check(), Err(Stopped::Cancelled));
    }

    #[test]
    fn small_steps_ask_in_the_end() {
        let deadline = Deadline::after(Duration::ZERO);
        let mut pace = deadline.pace();
        let steps = (0..Pace::STRETCH).take_while(|_| pace.spend(3).is_ok()).count();
        assert_eq!(steps, Pace::STRETCH / 3);
    }
}
