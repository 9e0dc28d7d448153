//! The project that the product's source document describes: the first real project of every installation.

use serde_json::json;
use sqlx::PgConnection;

use super::upsert::upsert;
use crate::access::persona::stable_id;

const CUP: &str = "F81I20001650007";
const CIG: &str = "8528645C7D";
const STARTS_ON: &str = "2021-11-11";
const ENDS_ON: &str = "2023-09-30";
const SOURCE: &str = "Pagina pubblica del progetto";
const TITLE: &str = "Servizio di supporto volto a rafforzare l'empowerment delle Prefetture–UU.TT.G. per la realizzazione \
    di interventi sul territorio per la gestione del fenomeno migratorio da attivare attraverso Fondi Europei";
const SUMMARY: &str = "1. Sostenere e accompagnare le Prefetture nella definizione di un Piano territoriale degli \
    interventi per la gestione del fenomeno migratorio e nella sua realizzazione attraverso la presentazione di specifiche \
    progettualità. 2. Rafforzare il coordinamento tra i diversi livelli di governance, in particolare tra il livello centrale \
    (DLCI) e le Prefetture. 3. Migliorare i flussi comunicativi e lo scambio di esperienze tra le Prefetture e favorire, \
    attraverso il confronto orizzontale, l'adozione di modelli operativi comuni.";

/// The contractors, by the names that the document gives; it gives no identifiers.
const CONTRACTORS: [(&str, &str); 3] =
    [("IPRS", "other_organisation"), ("CENSIS", "other_organisation"), ("Deloitte", "economic_body")];

pub async fn load(connection: &mut PgConnection) -> anyhow::Result<()> {
    let contractors = CONTRACTORS.map(|(name, kind)| {
        let id = stable_id(&format!("contractor:{name}"));
        json!({"id": id, "kind": kind, "name": name, "visibility": "public", "is_synthetic": false, "source": SOURCE})
    });
    upsert(connection, "organisation", "id", contractors.to_vec()).await?;

    let promoter = stable_id("authority:DLCI");
    let promoter_number: i32 = sqlx::query_scalar("select number from organisation where id = $1")
        .bind(promoter)
        .fetch_one(&mut *connection)
        .await?;
    let id = stable_id(&format!("project:{CUP}"));
    let project = json!({
        "id": id,
        "title": TITLE,
        "summary": SUMMARY,
        "status": "closed",
        "cup": CUP,
        "initiative_number": "2713085",
        "starts_on": STARTS_ON,
        "ends_on": ENDS_ON,
        "lead_id": promoter,
        "owner_number": promoter_number,
        "programme_code": "FAMI-2014-2020/OS2/ON3",
        "visibility": "public",
        "is_synthetic": false,
        "source": SOURCE,
    });
    upsert(connection, "project", "id", vec![project]).await?;

    let parts = [("DLCI", promoter, "programmer"), ("DLCI", promoter, "beneficiary")]
        .into_iter()
        .chain(CONTRACTORS.map(|(name, _)| (name, stable_id(&format!("contractor:{name}")), "contractor")));
    let parts = parts.map(|(name, organisation, role)| {
        json!({
            "id": stable_id(&format!("participation:{CUP}:{name}:{role}")),
            "project_id": id,
            "audience": 0,
            "organisation_id": organisation,
            "role": role,
            "valid_from": STARTS_ON,
            "valid_until": ENDS_ON,
            "is_synthetic": false,
            "source": SOURCE,
        })
    });
    upsert(connection, "project_participation", "id", parts.collect()).await?;

    let contract = json!({
        "id": stable_id(&format!("contract:{CIG}")),
        "project_id": id,
        "audience": 0,
        "cig": CIG,
        "subject": TITLE,
        "is_synthetic": false,
        "source": SOURCE,
    });
    upsert(connection, "project_contract", "id", vec![contract]).await
}
