//! What is asked in the walk: any verb, by anybody, about any record; often sensible, as often not.

mod agreements;
mod calls;
mod plans;
mod projects;
mod sittings;

use std::collections::BTreeMap;

use rand::Rng as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::model::record::{Kind, Row};
use super::model::verbs::{VERBS, Verb};
use super::model::who::BODIES;
use super::model::{Asked, TODAY, Verdict, World};

/// The walk's dice: the same seed gives the same walk.
pub struct Dice {
    pub rng: ChaCha8Rng,
    told: u64,
}

impl Dice {
    pub fn new(rng: ChaCha8Rng) -> Self {
        Self { rng, told: 0 }
    }

    /// Whether something happens that does so many times in a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        of.choose(&mut self.rng).expect("something to pick")
    }

    /// A text that nobody has said before; now and then none.
    pub fn words(&mut self) -> Value {
        self.told += 1;
        if self.chance(4) { json!("  ") } else { json!(format!(" Testo {} ", self.told)) }
    }

    /// A number that nobody has had before.
    pub fn number(&mut self) -> u64 {
        self.told += 1;
        self.told
    }

    /// Today, or a day near it.
    pub fn day(&mut self) -> Value {
        let near = [TODAY, TODAY, TODAY, "2026-11-20", "2026-11-23", "2026-11-25"];
        json!(self.pick(&near))
    }

    /// An amount of money; now and then less than nothing.
    pub fn money(&mut self, most: u32) -> Value {
        let euros = self.rng.random_range(1..=most);
        json!(if self.chance(5) { format!("-{euros}.00") } else { format!("{euros}.50") })
    }

    pub fn visibility(&mut self, usual: &[&str]) -> Value {
        let any = ["PUBLIC", "NETWORK", "TERRITORY", "INSTITUTIONAL", "OWNER"];
        json!(if self.chance(75) { self.pick(usual) } else { self.pick(&any) })
    }

    /// Puts a field into an input, so many times in a hundred.
    pub fn perhaps(&mut self, args: &mut Value, percent: u32, field: &str, value: impl FnOnce(&mut Self) -> Value) {
        if self.chance(percent) {
            args[field] = value(self);
        }
    }

    /// A row of a record, as inputs name it; now and then one that is not there.
    pub fn row(&mut self, kind: &str, rows: &[Row], column: &str) -> Value {
        match rows.choose(&mut self.rng).map(|row| row[column].as_str().unwrap_or_default().to_owned()) {
            Some(id) if !self.chance(3) => json!(format!("{kind}:{id}")),
            _ => json!(format!("{kind}:{}", uuid::Uuid::from_u128(0xdead))),
        }
    }

    pub fn body(&mut self, world: &World) -> Value {
        let body = self.rng.random_range(0..BODIES.len());
        json!(format!("Organisation:{}", world.named(body)))
    }
}

/// Records of a kind that are made while there are fewer of them under way.
const ALIVE: usize = 6;

/// What was done fewer times is looked for.
const SELDOM: u64 = 5;
/// Ways in which a verb is tried when a refusal is looked for.
const TRIED: usize = 3;

impl World {
    fn is_alive(&self, place: usize) -> bool {
        let ended =
            ["closed", "withdrawn", "answered", "rejected", "revoked", "ended", "minutes_approved", "cancelled"];
        !self.records[place].doc.is(&ended)
    }

    /// A record of a kind: one of the last that are under way, or any.
    fn target(&self, dice: &mut Dice, kind: Kind) -> Option<usize> {
        let all: Vec<usize> = self.all(kind).map(|(place, _)| place).collect();
        let last: Vec<usize> = all.iter().copied().filter(|place| self.is_alive(*place)).rev().take(ALIVE).collect();
        if !last.is_empty() && dice.chance(90) {
            return Some(*dice.pick(&last));
        }
        all.choose(&mut dice.rng).copied()
    }

    /// Something that somebody might ask: the less often it was done so far, the sooner. A record's life has many ends, and
    /// if all verbs were asked alike, few records would live to see what comes late.
    fn any(&self, dice: &mut Dice, done: &BTreeMap<&str, u64>) -> Option<Asked> {
        let weight = |verb: &Verb| 1.0 / (1 + done.get(verb.name).copied().unwrap_or_default()) as f64;
        let verb = VERBS.choose_weighted(&mut dice.rng, weight).expect("verbs that weigh something");
        let who = dice.rng.random_range(0..self.who.len());
        let of = match parent(verb) {
            Some(kind) => Some(self.target(dice, kind)?),
            None => None,
        };
        let alive = self.all(verb.kind).filter(|(place, _)| self.is_alive(*place)).count();
        // Of proposals few are ever fit to be handed in, and the others stay.
        let more = if verb.name == "proposeProject" { 30 } else { 4 };
        if verb.makes && alive >= ALIVE && !dice.chance(more) {
            return None;
        }
        let mut asked = self.asked(dice, verb, who, of);
        match dice.rng.random_range(0..10) {
            0 => asked.expected -= dice.rng.random_range(0..4),
            1 => asked.expected += 1,
            _ => {}
        }
        asked.dry = dice.chance(4);
        Some(asked)
    }

    fn asked(&self, dice: &mut Dice, verb: &'static Verb, who: usize, of: Option<usize>) -> Asked {
        let args = self.args(dice, verb, of);
        let expected = of.map_or(0, |of| self.records[of].version());
        Asked { verb, who, of, args, expected, key: None, dry: false }
    }

    fn args(&self, dice: &mut Dice, verb: &Verb, of: Option<usize>) -> Value {
        match verb.kind {
            Kind::Plan | Kind::Contribution => plans::args(self, dice, verb.name, of),
            Kind::Call => calls::args(dice, verb.name),
            Kind::Project => projects::args(self, dice, verb.name, of),
            Kind::Agreement => agreements::args(self, dice, verb.name, of),
            Kind::Sitting => sittings::args(self, dice, verb.name, of),
        }
    }

    /// These verbs, asked by everybody about each of the last records: so the steps that come late in a record's life come
    /// to pass, and are refused.
    fn found(&self, dice: &mut Dice, verbs: &[&'static Verb], is_it: impl Fn(&Verdict) -> bool) -> Option<Asked> {
        let alive = |kind| self.all(kind).map(|(place, _)| place).filter(|place| self.is_alive(*place)).rev();
        for verb in verbs {
            let about: Vec<Option<usize>> =
                parent(verb).map_or(vec![None], |kind| alive(kind).take(3 * ALIVE).map(Some).collect());
            for (of, who) in about.into_iter().flat_map(|of| (0..self.who.len()).map(move |who| (of, who))) {
                let asked = self.asked(dice, verb, who, of);
                if is_it(&self.judge(&asked)) {
                    return Some(asked);
                }
            }
        }
        None
    }

    /// What was hardly ever done so far and the model would do now.
    fn seldom(&self, dice: &mut Dice, done: &BTreeMap<&str, u64>) -> Option<Asked> {
        let is_seldom = |verb: &&Verb| done.get(verb.name).is_none_or(|count| *count < SELDOM);
        let mut verbs: Vec<_> = VERBS.iter().filter(is_seldom).collect();
        verbs.shuffle(&mut dice.rng);
        self.found(dice, &verbs, |verdict| matches!(verdict, Verdict::Done(_)))
    }

    /// Something that a rule refuses that has refused nothing so far, by the verb by which it can be met.
    fn refusal(&self, dice: &mut Dice, unmet: &[(&str, &str)]) -> Option<Asked> {
        let (rule, by) = *dice.pick(unmet);
        let verb = VERBS.iter().find(|verb| verb.name == by).expect("a verb of the walk");
        let is_it = |verdict: &Verdict| matches!(verdict, Verdict::Refused(why) if why.0.contains(&rule));
        self.found(dice, &[verb; TRIED], is_it)
    }

    /// The next thing that is asked, after these were done so many times and these rules not met: more often than not one
    /// that the model would do.
    pub fn next(&self, dice: &mut Dice, done: &BTreeMap<&str, u64>, unmet: &[(&str, &str)]) -> Asked {
        if !unmet.is_empty()
            && dice.chance(20)
            && let Some(refusal) = self.refusal(dice, unmet)
        {
            return refusal;
        }
        if dice.chance(25)
            && let Some(seldom) = self.seldom(dice, done)
        {
            return self.with_key(dice, seldom);
        }
        let is_wanted = dice.chance(65);
        let mut asked = None;
        for _ in 0..400 {
            let Some(next) = self.any(dice, done) else { continue };
            let is_done = || matches!(self.judge(&next), Verdict::Done(_));
            if !is_wanted || is_done() {
                asked = Some(next);
                break;
            }
            asked = asked.or(Some(next));
        }
        let asked = asked.expect("something can always be asked");
        self.with_key(dice, asked)
    }

    /// Something that somebody might ask about the same record at the same time; now and then the very same.
    pub fn rival(&self, dice: &mut Dice, done: &BTreeMap<&str, u64>, first: &Asked) -> Option<Asked> {
        if first.key.is_some() && dice.chance(50) {
            return Some(first.clone());
        }
        let mut found = None;
        for _ in 0..600 {
            let Some(next) = self.any(dice, done).filter(|next| next.of.is_some() && next.of == first.of) else {
                continue;
            };
            if matches!(self.judge(&next), Verdict::Done(_)) {
                return Some(next);
            }
            found = Some(next);
        }
        found
    }

    /// With an idempotency key, now and then: a new one, or one that was used.
    fn with_key(&self, dice: &mut Dice, mut asked: Asked) -> Asked {
        if !dice.chance(15) {
            return asked;
        }
        let used: Vec<_> = self.claims.iter().collect();
        match dice.rng.random_range(0..3) {
            0 if !used.is_empty() => return dice.pick(&used).1.said.clone(),
            1 if !used.is_empty() => {
                let ((who, key), _) = dice.pick(&used);
                (asked.who, asked.key) = (*who, Some(key.clone()));
            }
            _ => asked.key = Some(format!("k-{}", dice.number())),
        }
        asked
    }
}

/// The kind of record that a verb is about.
fn parent(verb: &Verb) -> Option<Kind> {
    match verb.name {
        "reviseTerritorialPlan" | "invitePlanContribution" => Some(Kind::Plan),
        "renewAgreement" => Some(Kind::Agreement),
        _ if verb.makes => None,
        _ => Some(verb.kind),
    }
}
