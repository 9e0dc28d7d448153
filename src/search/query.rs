//! Search in the graph.

use async_graphql::{Context, Description, ID, Object, SimpleObject};

use super::model::{self, After, Hit, LONGEST, Question, SearchKind};
use super::store;
use crate::agreements::query as agreements;
use crate::funding::query as funding;
use crate::graphql::page::{Cursor, Total};
use crate::graphql::{Error, Graph, NodeId, Page, PageArgs, Result};
use crate::locale::Message;
use crate::organisations::query as organisations;
use crate::plans::query as plans;
use crate::projects::query as projects;
use crate::relay::query::{self as relay, Node};
use crate::territory::query as territory;

/// Name of the order in cursors.
const ORDER: &str = "rank";

/// A record that search found [risultato della ricerca].
#[derive(Description)]
pub struct SearchHit(Hit);

/// A stretch of a snippet.
#[derive(SimpleObject)]
pub struct SnippetPart {
    /// Plain text, never HTML: escape it wherever it is shown as such.
    text: String,
    /// Whether this is what was looked for [corrispondenza].
    is_match: bool,
}

impl SearchHit {
    fn node_id(&self) -> NodeId {
        let kind = match self.0.kind {
            SearchKind::Organisation => organisations::NODE,
            SearchKind::Project => projects::PROJECT,
            SearchKind::TerritorialPlan => plans::PLAN,
            SearchKind::Agreement => agreements::AGREEMENT,
            SearchKind::FundingCall => funding::CALL,
            SearchKind::ProgrammeNode => funding::PROGRAMME_NODE,
            SearchKind::Region => territory::REGION,
            SearchKind::Province => territory::PROVINCE,
            SearchKind::Municipality => territory::MUNICIPALITY,
        };
        NodeId::new(kind, &self.0.key)
    }
}

#[Object(use_type_description)]
impl SearchHit {
    /// Global id of the record.
    async fn id(&self) -> ID {
        self.node_id().id()
    }

    /// Kind of record.
    async fn kind(&self) -> SearchKind {
        self.0.kind
    }

    /// The record's name or title, in Italian.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What the record's text says where it matches, or how it begins, in parts to be shown one after the other: plain
    /// text, never HTML, and marked by structure, so that nothing in the text can pass for a mark. Empty where the
    /// record has no text beside its title [estratto].
    async fn snippet(&self) -> Vec<SnippetPart> {
        let parts = model::parts(self.0.excerpt.as_deref().unwrap_or_default());
        parts.map(|(text, is_match)| SnippetPart { text: text.into(), is_match }).collect()
    }

    /// From 1 where every word was found, 2 and more where the title is just what was asked; below 1 where words are
    /// only spelled like them. Comparable within one search alone [pertinenza].
    async fn score(&self) -> f64 {
        f64::from(self.0.rank) / 1e6
    }

    /// Whether the record is made-up demonstration data [dato sintetico].
    async fn is_synthetic(&self) -> bool {
        self.0.is_synthetic
    }

    /// The record itself. All records of one kind on a page cost one statement together.
    async fn record(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        relay::node(Graph::of(ctx), &self.node_id()).await
    }
}

/// Search of the graph.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Records whose name, title, codes or text hold all the words, the best first [ricerca].
    ///
    /// Words are compared without regard to case, accents and Italian endings (`prefettura` finds `Prefetture`).
    /// Where fewer than five records match, those follow that have a word spelled like each of the words
    /// (`empowermnt prefeture`): with one letter wrong in words of three to five, two in longer ones. `"…"` asks for a phrase, `-word` excludes a word, `or` offers an alternative; a
    /// question with one of these is taken exactly as spelled. Any other text is a question too, never an error; one
    /// without a word to look for (blank, signs, or words as common as `della`) finds nothing. Only records that the
    /// caller may see are found, ranked and counted. `totalCount` costs no statement of its own.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look for, 200 characters at the most.")] text: String,
        #[graphql(desc = "Only these kinds of record; all when left out or empty.")] kinds: Option<Vec<SearchKind>>,
        #[graphql(desc = "Items wanted, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which to go on, of the same search.")] after: Option<String>,
    ) -> Result<Page<SearchHit>> {
        check(&text)?;
        let page = PageArgs::new(first, after, ORDER)?;
        let after = place(&page)?;
        let edges = ctx.look_ahead().field("edges").field("node");
        let with_excerpts =
            edges.field("snippet").exists() || ctx.look_ahead().field("nodes").field("snippet").exists();
        let question = Question::new(&text);
        let kinds = kinds.unwrap_or_default();
        let mut statement = Graph::of(ctx).statement().await?;
        let found = store::search(&mut statement, &question, &kinds, after, page.limit(), with_excerpts).await?;
        drop(statement);

        let total = Total::new(move |_| async move { Ok(found.total) });
        let cursor = |hit: &Hit| Cursor { order: ORDER.into(), value: Some(hit.rank.to_string()), id: hit.id };
        Ok(page.page(found.hits, total, cursor, SearchHit))
    }
}

fn check(text: &str) -> Result<()> {
    let characters = text.chars().count();
    if characters > LONGEST {
        return Err(Error::LimitExceeded {
            message: Message::new(
                format!("Il testo da cercare ha al massimo {LONGEST} caratteri; ne ha {characters}."),
                format!("The text to look for has at most {LONGEST} characters; it has {characters}."),
            ),
            limit: LONGEST as u64,
            requested: characters as u64,
        });
    }
    if text.contains('\0') {
        return Err(Error::bad_input(
            "Il testo contiene un carattere non ammesso (U+0000).",
            "The text contains a character that is not allowed (U+0000).",
        ));
    }
    Ok(())
}

/// Where the page starts.
fn place(page: &PageArgs) -> Result<After> {
    let Some(cursor) = &page.after else { return Ok(None) };
    match cursor.value.as_deref().map(str::parse) {
        Some(Ok(rank)) => Ok(Some((rank, cursor.id))),
        _ => Err(Error::bad_input("Il cursore non è valido.", "The cursor is not valid.")),
    }
}
