//! Which trace a request belongs to (W3C Trace Context): the same id from the router to the log and to the database's own.

use std::fmt;

/// The id of a trace: 32 hexadecimal digits, not all of them 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace([u8; 32]);

tokio::task_local! {
    static CURRENT: Trace;
}

impl Trace {
    /// Reads a `traceparent` header: version, trace, parent and flags.
    pub fn read(traceparent: &str) -> Option<Self> {
        let mut parts = traceparent.split('-');
        let (version, id) = (parts.next()?, parts.next()?);
        let is_hexadecimal = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_trace = version.len() == 2 && version != "ff" && is_hexadecimal(version) && is_hexadecimal(id);
        let is_whole = parts.next().is_some_and(|parent| parent.len() == 16) && parts.next().is_some();
        let id = id.as_bytes().try_into().ok().filter(|id: &[u8; 32]| id.iter().any(|byte| *byte != b'0'))?;
        (is_trace && is_whole).then_some(Self(id))
    }

    /// That of the request being answered, if it came with one.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|trace| *trace).ok()
    }

    /// Answers a request of this trace.
    pub fn scope<F: Future>(self, answer: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self, answer)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(std::str::from_utf8(&self.0).expect("they are digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::Trace;

    #[test]
    fn a_trace_is_read_as_the_specification_writes_it() {
        let id = "0af7651916cd43dd8448eb211c80319c";
        let read = |text: &str| Trace::read(text).map(|trace| trace.to_string());
        assert_eq!(read(&format!("00-{id}-b7ad6b7169203331-01")).as_deref(), Some(id));
        assert_eq!(read(&format!("cc-{id}-b7ad6b7169203331-01-what-comes-later")).as_deref(), Some(id));
        for wrong in [
            "",
            "00",
            id,
            &format!("ff-{id}-b7ad6b7169203331-01"),
            &format!("00-{}-b7ad6b7169203331-01", id.to_uppercase()),
            &format!("00-{}-b7ad6b7169203331-01", "0".repeat(32)),
            &format!("00-{}'-b7ad6b7169203331-01", &id[1..]),
            &format!("00-{id}-01"),
            &format!("00-{id}-b7ad6b7169203331"),
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
