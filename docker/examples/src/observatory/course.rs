use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use serde::Deserialize;

use super::project::Project;
use super::province::Province;
use crate::access::Caller;

/// A course for people from other countries [corso di formazione].
#[derive(Deserialize, SimpleObject)]
#[graphql(name = "OsservatorioCourse", complex, tag = "public")]
pub struct Course {
    /// Id within the observatory, e.g. `bo-2025-01`.
    pub id: ID,
    /// Who holds it [ente erogatore].
    provider: String,
    /// What is taught [materia].
    pub topic: Topic,
    /// Year in which it begins [anno].
    pub year: i32,
    /// People it has room for [posti].
    places: i32,
    /// People who began it [iscritti].
    pub enrolled: i32,
    /// People who completed it; null while it runs [attestati].
    pub completed: Option<i32>,
    #[graphql(skip)]
    dropouts: Option<i32>,
    /// ISTAT code of its province.
    #[graphql(skip)]
    pub province: String,
    /// Code of the project that pays it.
    #[graphql(skip)]
    pub cup: Option<String>,
}

#[ComplexObject]
impl Course {
    /// People who left before its end: for the central department and the prefectures, null for others and while it runs
    /// [abbandoni].
    #[graphql(tag = "institutional")]
    async fn dropouts(&self, context: &Context<'_>) -> Option<i32> {
        let caller = context.data_opt::<Caller>();
        self.dropouts.filter(|_| caller.is_some_and(|caller| caller.is_institution()))
    }

    /// Its province [provincia].
    async fn province(&self) -> Option<Province> {
        Some(Province { code: self.province.clone() })
    }

    /// The project that pays it; null where there is none, or the caller may not see it [progetto].
    async fn project(&self) -> Option<Project> {
        self.cup.clone().map(|cup| Project { cup: Some(cup) })
    }
}

/// What a course teaches [materia].
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Enum)]
#[graphql(name = "OsservatorioTopic", tag = "public")]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Italian, level A1.
    ItalianA1,
    /// Italian, level A2.
    ItalianA2,
    /// Italian, level B1.
    ItalianB1,
    /// A trade [formazione professionale].
    Vocational,
    /// Using computers and public services online [competenze digitali].
    Digital,
    /// Rights, duties and institutions [educazione civica].
    Civic,
}
