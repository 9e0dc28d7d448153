//! What it costs to count what is used: `cargo bench --bench usage` prints what one call costs that is counted, by one thread and
//! by two at once, and what it costs once for each document to find what it uses.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::parse_query;
use raccordo::federation::usage::{Recorder, Used};
use raccordo::graphql::completion::named;
use raccordo::graphql::limits::Limits;
use raccordo::schema;
use uuid::Uuid;

const CALLS: u32 = 1_000_000;
const DOCUMENTS: u32 = 2_000;
/// Callers and operations of a busy minute.
const CALLERS: u128 = 50;
const OPERATIONS: usize = 200;

/// As the map asks.
const QUERY: &str = "query Around($id: ID!) { network(scope: { around: $id }, hops: 2) { version
    nodes { id kind name degree } edges { from to kind validFrom validUntil recordId }
    byProvince { provinces { name organisations projects x y } ties { one other count } }
    timeline(from: \"2020-01-01\") { months { month nodes ties } } } }";

fn count(recorder: &Recorder, operations: &[Arc<Used>]) -> f64 {
    let begun = Instant::now();
    for call in 0..CALLS {
        let caller = Uuid::from_u128(u128::from(call) % CALLERS);
        recorder.count(caller, black_box(&operations[call as usize % operations.len()]));
    }
    begun.elapsed().as_nanos() as f64 / f64::from(CALLS)
}

fn main() {
    let limits = Limits::of(&schema::builder().finish().sdl());
    let operations: Vec<Arc<Used>> = (0..OPERATIONS)
        .map(|number| {
            let query = parse_query(QUERY.replace("Around", &format!("Around{number}"))).expect("it is valid");
            Arc::new(Used::of(&query, None, |on, field| limits.type_of(on, field).map(named)))
        })
        .collect();
    let recorder = Recorder::default();
    println!("counted by one thread: {:.0} ns a call", count(&recorder, &operations));
    let both = std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(|| count(&recorder, &operations)));
        threads.map(|thread| thread.join().expect("it does not panic"))
    });
    println!("counted by two threads at once: {:.0} ns a call", both.iter().sum::<f64>() / 2.0);

    let query = parse_query(QUERY).expect("it is valid");
    let begun = Instant::now();
    for _ in 0..DOCUMENTS {
        black_box(Used::of(black_box(&query), None, |on, field| limits.type_of(on, field).map(named)));
    }
    let each = begun.elapsed().as_nanos() as f64 / f64::from(DOCUMENTS) / 1_000.0;
    println!("what a document uses, found once: {each:.1} µs, {} coordinates", operations[0].coordinates.len());
}
