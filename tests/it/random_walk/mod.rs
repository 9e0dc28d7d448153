//! A random walk through the work that callers do: thousands of mutations by everybody, about everything, right and wrong,
//! one after the other and two at once; each is held against a plain model of the rules, which knows nothing of the
//! product. A walk that fails says how to walk it again:
//! `RACCORDO_WALK_SEED=… RACCORDO_WALK_STEPS=… cargo test --test it random_walk`.

mod checks;
mod left;
mod model;
mod moves;
mod run;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sqlx::PgConnection;

use crate::hub::TestHub;
use crate::levels::SMALL;
use left::Left;
use model::record::Kind;
use model::verbs::VERBS;
use model::{Asked, Verdict, World};
use moves::Dice;
use run::Answer;

/// The seed of the walk that every run takes.
const SEED: u64 = 20_261_129;
const STEPS: u64 = 10_000;
/// Steps in which everything must have been met.
const MOST_STEPS: u64 = 30_000;
/// Steps between two looks at everything.
const LOOK: u64 = 500;

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |given| given.parse().expect("a number"))
}

struct Walk {
    hub: TestHub,
    connection: PgConnection,
    world: World,
    dice: Dice,
    seed: u64,
    step: u64,
    /// The last steps, for who must find out what went wrong.
    trail: VecDeque<String>,
    /// Number of the audit's last entry.
    entries: i64,
    done: BTreeMap<&'static str, u64>,
    refused: BTreeMap<&'static str, u64>,
}

#[tokio::test]
async fn whatever_is_asked_by_whomever_ends_as_the_rules_say_and_nothing_is_lost() {
    let (seed, steps) = (setting("RACCORDO_WALK_SEED", SEED), setting("RACCORDO_WALK_STEPS", STEPS));
    let hub = TestHub::with(SMALL).await;
    let mut walk = Walk {
        connection: hub.maintenance().await,
        world: checks::laid_out(&hub).await,
        hub,
        dice: Dice::new(ChaCha8Rng::seed_from_u64(seed)),
        seed,
        step: 0,
        trail: VecDeque::new(),
        entries: 0,
        done: BTreeMap::new(),
        refused: BTreeMap::new(),
    };
    walk.entries = walk.hub.audited().await;
    // What is rare may come late: a walk goes on until it has met everything.
    let is_whole = steps >= STEPS;
    while walk.step < steps || is_whole && walk.step < MOST_STEPS && walk.unmet().is_some() {
        walk.go().await;
        if walk.step % LOOK < 2 {
            walk.look(3).await;
        }
    }
    walk.look(usize::MAX).await;
    assert_eq!(walk.hub.broken_entries().await, 0, "the audit's chain");
    assert_eq!(checks::unnamed(&mut walk.connection).await, [""; 0], "history tells ids as the database has them");
    assert_eq!(walk.unmet().filter(|_| is_whole), None);
}

impl Walk {
    /// One step: a mutation, or two at once about the same record.
    async fn go(&mut self) {
        let is_unmet = |(rule, _): &&(&'static str, _)| !self.refused.contains_key(rule);
        let unmet: Vec<_> = RULES.iter().filter(is_unmet).copied().collect();
        let first = self.world.next(&mut self.dice, &self.done, &unmet);
        let second = if self.dice.chance(12) { self.world.rival(&mut self.dice, &self.done, &first) } else { None };
        self.step += 1 + u64::from(second.is_some());
        let verdict = self.world.judge(&first);
        self.note(&first, &verdict);
        let Some(second) = second else {
            let answer = self.hub.ask(&self.world, &first).await;
            self.note_answer(&answer);
            if !agrees(&self.world, &first, &verdict, &answer) {
                self.fail(&format!("the model says {verdict:#?}"));
            }
            return self.settle(vec![vec![(first, verdict, answer)]]).await;
        };
        let other = self.world.judge(&second);
        self.note(&second, &other);
        let (one, two) = tokio::join!(self.hub.ask(&self.world, &first), self.hub.ask(&self.world, &second));
        self.note_answer(&one);
        self.note_answer(&two);
        let (first, second) = ((first, one), (second, two));
        let in_order = [[first.clone(), second.clone()], [second, first]];
        let as_answered: Vec<_> = in_order.into_iter().filter_map(|order| self.as_if_in_turn(order)).collect();
        if as_answered.is_empty() {
            self.fail("the two at once are answered as in neither order");
        }
        self.settle(as_answered).await;
    }

    /// What the model says of two deeds, the one after the other, where both were answered so.
    fn as_if_in_turn(&self, order: [(Asked, Answer); 2]) -> Option<Vec<(Asked, Verdict, Answer)>> {
        let mut world = self.world.clone();
        let mut settled = Vec::new();
        for (asked, answer) in order {
            let verdict = world.judge(&asked);
            // Who was in a group may be out of it while its request is under way, which goes on with what its caller held.
            let was_hidden = matches!(&verdict, Verdict::Refused(why) if why.0.contains("NOT_FOUND"));
            let is_as_held = was_hidden && matches!(answer, Answer::Refused(_));
            if !is_as_held && !agrees(&world, &asked, &verdict, &answer) {
                return None;
            }
            if let (Verdict::Done(record), Answer::Done { id, .. }, false) = (&verdict, &answer, asked.dry) {
                let mut record = record.clone();
                record.id = *id;
                world.commit(&asked, *record);
            }
            settled.push((asked, verdict, answer));
        }
        Some(settled)
    }

    /// Writes down what was done, in whichever of these orders left what is there.
    async fn settle(&mut self, orders: Vec<Vec<(Asked, Verdict, Answer)>>) {
        let found = checks::entries(&mut self.connection, self.entries).await;
        let mut amiss = None;
        for settled in orders {
            let mut left = Left::of(&self.world, &settled);
            amiss = left.amiss(&mut self.connection, &found).await;
            if amiss.is_none() {
                self.world = left.world;
                left.done.into_iter().for_each(|name| *self.done.entry(name).or_default() += 1);
                break;
            }
        }
        if let Some(amiss) = amiss {
            self.fail(&amiss);
        }
        self.entries += found.len() as i64;
    }

    /// Looks at every record, at what some see, and at what some records were.
    async fn look(&mut self, most: usize) {
        if let Some(deviation) = checks::whole(&mut self.connection, &self.world).await {
            self.fail(&deviation);
        }
        let everybody = self.world.who.len();
        for number in 0..everybody.min(most) {
            let who = if most < everybody { self.dice.rng.random_range(0..everybody) } else { number };
            if let Some(deviation) = checks::sight(&self.hub, &self.world, who).await {
                self.fail(&deviation);
            }
        }
        let told = |(place, record): (usize, &Rc<model::record::Record>)| {
            matches!(record.kind, Kind::Plan | Kind::Project).then_some(place)
        };
        let told: Vec<usize> = self.world.records.iter().enumerate().filter_map(told).collect();
        for _ in 0..12.min(told.len()) {
            let place = *self.dice.pick(&told);
            let version = self.dice.rng.random_range(1..=self.world.records[place].version());
            let who = self.dice.rng.random_range(0..everybody);
            let past = checks::past(&self.hub, &mut self.connection, &self.world, who, place, version).await;
            if let Some(deviation) = past {
                self.fail(&deviation);
            }
        }
    }

    /// What the walk has hardly met so far: in a walk in which something never happens, nothing says that it would be right.
    fn unmet(&self) -> Option<String> {
        let rare: Vec<_> = VERBS
            .iter()
            .map(|verb| (verb.name, self.done.get(verb.name).copied().unwrap_or_default()))
            .filter(|(_, count)| *count < 3)
            .collect();
        let never: Vec<_> =
            RULES.iter().map(|(rule, _)| rule).filter(|rule| !self.refused.contains_key(*rule)).collect();
        let is_met = rare.is_empty() && never.is_empty();
        (!is_met).then(|| format!("verbs that were hardly ever done: {rare:?}; rules that never refused: {never:?}"))
    }

    fn note(&mut self, asked: &Asked, verdict: &Verdict) {
        if let Verdict::Refused(why) = verdict {
            why.0.iter().for_each(|rule| *self.refused.entry(rule).or_default() += 1);
        }
        let Asked { verb, who, of, args, expected, key, dry } = asked;
        let on = of.map(|of| {
            let record = &self.world.records[of];
            format!("{:?} {} {} v{}", record.kind, record.id, record.doc.status(), record.version())
        });
        let name = &self.world.who[*who].name;
        let text = format!(
            "{}: {name}: {} on {on:?}, expecting {expected}, key {key:?}, dry {dry}: {args}",
            self.step, verb.name
        );
        self.trail.push_back(text);
        if self.trail.len() > 20 {
            self.trail.pop_front();
        }
    }

    fn note_answer(&mut self, answer: &Answer) {
        self.trail.push_back(format!("    -> {answer:?}"));
    }

    fn fail(&self, message: &str) -> ! {
        let trail: Vec<&str> = self.trail.iter().map(String::as_str).collect();
        let again = format!("RACCORDO_WALK_SEED={} RACCORDO_WALK_STEPS={}", self.seed, self.step);
        panic!("{}\nstep {}: {message}\n{again}", trail.join("\n"), self.step);
    }
}

/// Rules that must have refused something at least once, each with a verb by which it can be met.
const RULES: &[(&str, &str)] = &[
    ("AMOUNT_NEGATIVE", "publishFundingCall"),
    ("CALL_ALREADY_OPEN", "amendFundingCall"),
    ("CHANGED_MEANWHILE", "draftTerritorialPlan"),
    ("CUP_IN_USE", "registerProject"),
    ("CUP_MISSING", "fundProject"),
    ("FORBIDDEN", "createTerritorialPlan"),
    ("IDEMPOTENCY_KEY_REUSED", "createTerritorialPlan"),
    ("INTERVENTION_NOT_ADOPTED", "proposeProject"),
    ("ISSUER_MUST_SEE", "publishFundingCall"),
    ("NOT_FOUND", "draftTerritorialPlan"),
    ("OUTSIDE_PLAN_PERIOD", "writePlanIntervention"),
    ("PARTIES_MUST_SEE", "draftAgreement"),
    ("PARTNER_CHAIN_CIRCULAR", "proposeProject"),
    ("PLAN_NOT_OPEN", "invitePlanContribution"),
    ("STEP_NOT_ALLOWED", "startPlanDrafting"),
];

/// Whether an answer is what the model says.
fn agrees(world: &World, asked: &Asked, verdict: &Verdict, answer: &Answer) -> bool {
    match (verdict, answer) {
        (Verdict::Done(record), Answer::Done { id, version, is_dry, is_repeated: false }) => {
            *is_dry == asked.dry && *version == record.version() + 1 && (asked.verb.makes || *id == record.id)
        }
        (Verdict::Unchanged, Answer::Done { version, is_repeated: false, .. }) => {
            asked.of.is_some_and(|of| world.records[of].version() == *version)
        }
        (Verdict::Repeated(place, then), Answer::Done { id, version, is_repeated: true, .. }) => {
            (*id, *version) == (world.records[*place].id, *then)
        }
        (Verdict::Refused(why), answer) => answer.rules() == why.0,
        _ => false,
    }
}
