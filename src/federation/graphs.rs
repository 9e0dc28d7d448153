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

/// Composes subgraphs to the whole and to each contract: only where all of them compose, do they.
///
/// # Errors
/// The outer one: the composer failed. The inner one: why they do not compose.
pub fn compose(parts: &[Part<'_>]) -> Result<Result<Graphs, Vec<Obstacle>>, Failure> {
    let Composed { supergraph: whole, schema } = match composer::compose(parts, None)? {
        Ok(whole) => whole,
        Err(obstacles) => return Ok(Err(obstacles)),
    };
    let [public, institutional] = [PUBLIC, INSTITUTIONAL].map(|contract| composer::compose(parts, Some(contract)));
    Ok(match (public?, institutional?) {
        (Ok(public), Ok(institutional)) => {
            Ok(Graphs { whole, public: public.supergraph, institutional: institutional.supergraph, schema })
        }
        (Err(obstacles), _) | (_, Err(obstacles)) => Err(obstacles),
    })
}
