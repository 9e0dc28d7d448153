//! Gaps in words, for officers and not for analysts.

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use crate::agreements::loader::AgreementById;
use crate::councils::model::{SeatCategory, SocialSide};
use crate::gaps::model::{CoordinationGapKind, Detail, Gap};
use crate::gaps::network::Reading;
use crate::graphql::{Graph, Result};
use crate::locale::Message;
use crate::network::model::NetworkNodeKind;
use crate::organisations::loader as organisations;
use crate::plans::loader::{InterventionById, NeedById, PlanById};
use crate::projects::loader::ProjectById;
use crate::territory::Territory;

/// Name of a kind.
pub fn label(kind: CoordinationGapKind) -> Message {
    match kind {
        CoordinationGapKind::NeedWithoutActor => Message::new("Bisogni senza attore", "Needs without an actor"),
        CoordinationGapKind::InterventionWithoutProject => {
            Message::new("Interventi senza progetto", "Interventions without a project")
        }
        CoordinationGapKind::ProjectOutsidePlan => {
            Message::new("Progetti fuori da ogni piano", "Projects outside any plan")
        }
        CoordinationGapKind::EmptySeat => {
            Message::new("Categorie incomplete nei Consigli territoriali", "Categories with an empty council seat")
        }
        CoordinationGapKind::IsolatedOrganisation => Message::new("Enti isolati", "Isolated bodies"),
        CoordinationGapKind::ProvinceOnOneBroker => {
            Message::new("Province che si reggono su un solo ente", "Provinces that hang on one body")
        }
        CoordinationGapKind::OfficeWithoutExchange => {
            Message::new("Uffici senza scambio con altri uffici", "Offices that exchange with no other")
        }
    }
}

/// What counts as a gap of a kind.
pub fn explanation(kind: CoordinationGapKind) -> Message {
    match kind {
        CoordinationGapKind::NeedWithoutActor => Message::new(
            "Bisogni dei piani vigenti ai quali non risponde alcun intervento che indichi un soggetto responsabile o sia attuato da un progetto.",
            "Needs of plans in force that no intervention answers which names a body responsible or is carried out by a project.",
        ),
        CoordinationGapKind::InterventionWithoutProject => Message::new(
            "Interventi dei piani vigenti che nessun progetto ammesso, finanziato, in corso o concluso attua.",
            "Interventions of plans in force that no project, admitted or further, carries out.",
        ),
        CoordinationGapKind::ProjectOutsidePlan => Message::new(
            "Progetti attivi nel giorno che non attuano alcun intervento di un piano adottato, di qualunque ufficio e periodo.",
            "Projects active on the day that carry out no intervention of an adopted plan, of whichever office and period.",
        ),
        CoordinationGapKind::EmptySeat => Message::new(
            "Categorie dell'art. 57 del d.P.R. 394/1999 con meno componenti del minimo, o senza una delle due parti sociali.",
            "Categories of art. 57 of D.P.R. 394/1999 with fewer members than the minimum, or without one side of the social partners.",
        ),
        CoordinationGapKind::IsolatedOrganisation => Message::new(
            "Enti che nel giorno non hanno progetti, protocolli, posti nei Consigli territoriali né interventi.",
            "Bodies that on the day have no project, agreement, council seat or intervention.",
        ),
        CoordinationGapKind::ProvinceOnOneBroker => Message::new(
            "Province in cui, esclusi uffici e Consigli, almeno un terzo degli enti collegati (più di cinque) perderebbe il contatto con gli altri se un solo ente venisse meno.",
            "Provinces where, offices and councils left out, a third or more of the connected bodies (more than five) would lose the way to the others without one body.",
        ),
        CoordinationGapKind::OfficeWithoutExchange => Message::new(
            "Uffici che nel giorno non partecipano ad alcun progetto o protocollo insieme a un altro ufficio.",
            "Offices that on the day take part in no project or agreement together with another office.",
        ),
    }
}

/// A gap in one sentence.
pub async fn of(graph: &Graph, gap: &Gap, reading: &Reading) -> Result<Message> {
    match (gap.kind, &gap.detail) {
        (CoordinationGapKind::NeedWithoutActor, detail) => {
            let Some(need) = graph.load(NeedById(gap.subject)).await? else { return Ok(removed()) };
            let plan = plan(graph, need.plan_id).await?;
            let (title, place) = (&need.title, place(graph, gap));
            Ok(match detail {
                Detail::Need { has_intervention: true } => Message::new(
                    format!(
                        "Al bisogno «{title}» del piano {plan} di {place} rispondono solo interventi senza soggetto responsabile né progetto."
                    ),
                    format!(
                        "The need \"{title}\" of the plan {plan} of {place} is answered only by interventions with neither a body responsible nor a project."
                    ),
                ),
                _ => Message::new(
                    format!("Nessun intervento risponde al bisogno «{title}» del piano {plan} di {place}."),
                    format!("No intervention answers the need \"{title}\" of the plan {plan} of {place}."),
                ),
            })
        }
        (CoordinationGapKind::InterventionWithoutProject, _) => {
            let Some(found) = graph.load(InterventionById(gap.subject)).await? else { return Ok(removed()) };
            let plan = plan(graph, found.row.plan_id).await?;
            let (title, place) = (&found.row.title, place(graph, gap));
            let responsible = found.responsible.as_ref().map(|body| body.name.as_str());
            let it = responsible.map_or_else(String::new, |name| format!(", di cui è responsabile «{name}»"));
            let en = responsible.map_or_else(String::new, |name| format!(", for which \"{name}\" is responsible"));
            Ok(Message::new(
                format!("Nessun progetto attua l'intervento «{title}» del piano {plan} di {place}{it}."),
                format!("No project carries out the intervention \"{title}\" of the plan {plan} of {place}{en}."),
            ))
        }
        (CoordinationGapKind::ProjectOutsidePlan, _) => {
            let Some(project) = graph.load(ProjectById(gap.subject)).await? else { return Ok(removed()) };
            let title = &project.row.title;
            let it = gap.since.map_or_else(String::new, |day| format!(", avviato il {},", italian(day)));
            let en = gap.since.map_or_else(String::new, |day| format!(", begun on {},", english(day)));
            Ok(Message::new(
                format!("Il progetto «{title}»{it} non attua alcun intervento di un piano territoriale."),
                format!("The project \"{title}\"{en} carries out no intervention of a territorial plan."),
            ))
        }
        (CoordinationGapKind::EmptySeat, Detail::Seats { category, missing, missing_sides }) => {
            Ok(seats(&place(graph, gap), *category, *missing, missing_sides))
        }
        (CoordinationGapKind::ProvinceOnOneBroker, Detail::Broker { dependents, connected }) => {
            let (name, place) = (name(graph, gap.subject).await?, place(graph, gap));
            let lost = dependents.len();
            Ok(Message::new(
                format!(
                    "Nella provincia di {place} la rete degli enti si regge su «{name}»: se venisse meno, {lost} dei {connected} enti collegati perderebbero il contatto con gli altri."
                ),
                format!(
                    "In the province of {place} the network of bodies hangs on \"{name}\": without it {lost} of the {connected} connected bodies would lose the way to the others."
                ),
            ))
        }
        (CoordinationGapKind::IsolatedOrganisation, _) => isolated(graph, gap, reading).await,
        _ => {
            let name = name(graph, gap.subject).await?;
            Ok(Message::new(
                format!("«{name}» non condivide progetti né protocolli con altri uffici."),
                format!("\"{name}\" shares no project or agreement with another office."),
            ))
        }
    }
}

fn removed() -> Message {
    Message::new("Il record è stato appena rimosso.", "The record has just been removed.")
}

fn italian(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

fn english(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

async fn name(graph: &Graph, body: Uuid) -> Result<String> {
    Ok(organisations::organisation(graph, body).await?.map_or_else(String::new, |body| body.name.clone()))
}

/// Name of the province that a gap is in.
fn place(graph: &Graph, gap: &Gap) -> String {
    let province = gap.province.as_ref().and_then(|code| graph.reference::<Territory>().province(code));
    province.map_or_else(String::new, |province| province.name.clone())
}

/// A plan's period in years.
async fn plan(graph: &Graph, id: Uuid) -> Result<String> {
    let Some(plan) = graph.load(PlanById(id)).await? else { return Ok(String::new()) };
    let (from, until) = (plan.period_from.year(), plan.period_until.year());
    Ok(if from == until { from.to_string() } else { format!("{from}–{until}") })
}

/// The letter of art. 57 and what it is for.
fn category(category: SeatCategory) -> Message {
    let (it, en) = match category {
        SeatCategory::StateOffices => ("uffici periferici dello Stato", "peripheral offices of the State"),
        SeatCategory::ProvincePresident => ("presidente della provincia", "president of the province"),
        SeatCategory::Region => ("rappresentante della regione", "representative of the region"),
        SeatCategory::Mayors => ("sindaci", "mayors"),
        SeatCategory::ChamberOfCommerce => ("camera di commercio", "chamber of commerce"),
        SeatCategory::SocialPartners => {
            ("organizzazioni sindacali e datoriali", "trade unions and employers' associations")
        }
        SeatCategory::ForeignersAssociations => ("associazioni di stranieri", "foreigners' associations"),
        SeatCategory::AidBodies => ("enti di assistenza agli immigrati", "bodies in aid to immigrants"),
        SeatCategory::Invited => ("altri invitati", "others invited"),
    };
    let letter = category.as_str();
    Message::new(format!("{letter}), {it}"), format!("{letter}), {en}"))
}

/// Of a category without anybody it says what is on record: the seats may be held and not yet be entered. Members for the
/// social partners may be on record without their side, so that theirs are said to be missing.
fn seats(place: &str, of: SeatCategory, missing: usize, sides: &[SocialSide]) -> Message {
    let required = of.required();
    let is_without_anybody = missing >= required && of != SeatCategory::SocialPartners;
    let of = category(of);
    if is_without_anybody {
        let (needed, are_needed) = match required {
            1 => ("ne occorre almeno 1".to_owned(), "at least 1 is needed".to_owned()),
            _ => (format!("ne occorrono almeno {required}"), format!("at least {required} are needed")),
        };
        return Message::new(
            format!(
                "Nel Consiglio territoriale di {place} non risulta alcun componente per la lettera {}: {needed}.",
                of.it
            ),
            format!("In the territorial council of {place} no member is on record for letter {}: {are_needed}.", of.en),
        );
    }
    let (lacks, lack) = match missing {
        1 => ("manca un componente".to_owned(), "one member is missing".to_owned()),
        _ => (format!("mancano {missing} componenti"), format!("{missing} members are missing")),
    };
    let (side, which) = match sides {
        [SocialSide::Workers] => (": nessuno per i lavoratori", ": nobody for the workers"),
        [SocialSide::Employers] => (": nessuno per i datori di lavoro", ": nobody for the employers"),
        [_, ..] => {
            (": nessuno per i lavoratori né per i datori di lavoro", ": nobody for the workers or the employers")
        }
        [] => ("", ""),
    };
    Message::new(
        format!("Nel Consiglio territoriale di {place} {lacks} per la lettera {}{side}.", of.it),
        format!("In the territorial council of {place} {lack} for letter {}{which}.", of.en),
    )
}

async fn isolated(graph: &Graph, gap: &Gap, reading: &Reading) -> Result<Message> {
    let name = name(graph, gap.subject).await?;
    let last = match reading.last_work(gap.subject) {
        Some((day, kind, id)) => work(graph, kind, id).await?.map(|work| (day, work)),
        None => None,
    };
    let (it, en) = match last {
        Some((day, work)) => (
            format!("; l'ultimo, {}, è terminato il {}", work.it, italian(day)),
            format!("; the last, {}, ended on {}", work.en, english(day)),
        ),
        None => Default::default(),
    };
    Ok(Message::new(
        format!("«{name}» non ha legami di collaborazione con altri enti{it}."),
        format!("\"{name}\" has no tie of cooperation with other bodies{en}."),
    ))
}

/// What a body took part in; `None` where the caller may not see it.
async fn work(graph: &Graph, kind: NetworkNodeKind, id: Uuid) -> Result<Option<Message>> {
    let titled = |it: &str, en: &str, title: &str| Message::new(format!("{it} «{title}»"), format!("{en} \"{title}\""));
    Ok(match kind {
        NetworkNodeKind::Project => {
            graph.load(ProjectById(id)).await?.map(|it| titled("nel progetto", "in the project", &it.row.title))
        }
        NetworkNodeKind::Agreement => {
            graph.load(AgreementById(id)).await?.map(|it| titled("nel protocollo", "in the agreement", &it.row.title))
        }
        NetworkNodeKind::Intervention => graph
            .load(InterventionById(id))
            .await?
            .map(|it| titled("per l'intervento", "for the intervention", &it.row.title)),
        NetworkNodeKind::Organisation => {
            organisations::organisation(graph, id).await?.map(|body| titled("nel", "in the", &body.name))
        }
        _ => None,
    })
}
