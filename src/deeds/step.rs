//! Steps in the life of a record: how one is refused that cannot be taken from where the record stands.

use crate::graphql::{Outcome, UserError};
use crate::locale::Message;

/// How refusals name a kind of record.
pub struct Named {
    /// The input's field that names the record.
    pub field: &'static str,
    /// With its article: `Il piano`.
    pub it: &'static str,
    /// With its article: `The plan`.
    pub en: &'static str,
}

impl Named {
    /// Refuses what a record's state does not allow; `it` and `en` go on from "is ...:".
    pub fn refusal(&self, status: &Message, rule: &str, it: &str, en: &str) -> UserError {
        UserError::conflict(self.field, rule, self.stands(status, it, en))
    }

    /// Refuses a step for something that it asks for and that is not there.
    pub fn lacking(&self, (status, step): (&Message, &Message), rule: &str, missing: &Message) -> UserError {
        let message = Message::new(
            format!("{} è «{}» e per «{}»: {}", self.it, status.it, step.it, missing.it),
            format!("{} is \"{}\" and for \"{}\": {}", self.en, status.en, step.en, missing.en),
        );
        UserError::invalid(self.field, rule, message)
    }

    /// Refuses a step that can be taken from other states alone: names the state, the step, and those states.
    ///
    /// # Errors
    /// `STEP_NOT_ALLOWED`.
    pub fn allows<S: Copy + PartialEq>(
        &self,
        (status, name): (S, fn(S) -> Message),
        from: &[S],
        step: &Message,
    ) -> Outcome<()> {
        if from.contains(&status) {
            return Ok(());
        }
        let states: Vec<Message> = from.iter().map(|status| name(*status)).collect();
        let list = |of: fn(&Message) -> &str| states.iter().map(of).collect::<Vec<_>>().join(", ");
        let it = format!("il passaggio «{}» è possibile solo da: {}.", step.it, list(|name| &name.it));
        let en = format!("the step \"{}\" is possible only from: {}.", step.en, list(|name| &name.en));
        Err(self.refusal(&name(status), "STEP_NOT_ALLOWED", &it, &en).into())
    }

    fn stands(&self, status: &Message, it: &str, en: &str) -> Message {
        Message::new(format!("{} è «{}»: {it}", self.it, status.it), format!("{} is \"{}\": {en}", self.en, status.en))
    }
}
