use super::composer::{self, Composed, Failure, Obstacle, Part};
use super::{INSTITUTIONAL, PUBLIC};

/// What subgraphs make together.
#[derive(Clone, Debug)]
pub struct Graphs {
    /// For routers: the whole, and what the contracts leave of it.
    pub whole: String,
    pub public: String,
    pub institutional: String,
    /// What callers see of the whole.
    pub schema: String,
}

/// Composes subgraphs to the whole and to each contract, side by side: only where all of them compose, do they.
///
/// # Errors
/// The outer one: the composer failed. The inner one: why they do not compose.
pub fn compose(parts: &[Part<'_>]) -> Result<Result<Graphs, Vec<Obstacle>>, Failure> {
    let [whole, public, institutional] = std::thread::scope(|scope| {
        let begun = [None, Some(PUBLIC), Some(INSTITUTIONAL)]
            .map(|contract| scope.spawn(move || composer::compose(parts, contract)));
        begun.map(|composing| composing.join().unwrap_or_else(|_| Err(Failure::Script("the engine panicked".into()))))
    });
    // Where the whole does not compose, a contract's reasons are the same ones.
    Ok(match (whole?, public?, institutional?) {
        (Ok(Composed { supergraph: whole, schema }), Ok(public), Ok(institutional)) => {
            Ok(Graphs { whole, public: public.supergraph, institutional: institutional.supergraph, schema })
        }
        (Err(obstacles), _, _) | (_, Err(obstacles), _) | (_, _, Err(obstacles)) => Err(obstacles),
    })
}
