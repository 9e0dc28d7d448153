use std::sync::Arc;

use async_graphql::Enum;
use uuid::Uuid;

use super::audience;

/// Level of governance that the caller acts at [livello di governance].
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The central department, DLCI [livello centrale].
    National,
    /// An office of the prefect [Prefettura – Ufficio territoriale del Governo].
    Prefecture,
    /// A territorial council for immigration [Consiglio territoriale per l'immigrazione].
    Council,
    /// Any other body of the network [ente partner].
    Partner,
    /// Anyone, without sign-in [pubblico].
    Public,
}

/// Who asks: made once per request from the token, then only read.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub level: Level,
    /// The organisation that the caller acts for; `None` for the public.
    pub organisation: Option<Uuid>,
    /// Audience keys held, sorted. What the caller may see follows from them and from nothing else.
    pub audiences: Arc<[i32]>,
}

impl Viewer {
    /// The public: no token.
    pub fn public() -> Self {
        Self { level: Level::Public, organisation: None, audiences: Arc::new([audience::PUBLIC]) }
    }

    /// Whether the viewer holds an audience key.
    pub fn holds(&self, key: i32) -> bool {
        self.audiences.binary_search(&key).is_ok()
    }
}
