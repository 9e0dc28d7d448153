//! Imports: what a file adds, changes, leaves and refuses, in which line and by which rule; and that it can be repeated,
//! tried, corrected and taken back.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use raccordo::integration::import::{self, Kind, Options, Outcome, RowReport, Summary};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row as _};

use crate::embedded::{self, HubProcess};
use crate::hub::TestHub;
use crate::levels::{REFERENCE, SMALL};

/// A database with the reference data, and a folder for files.
struct Desk {
    hub: TestHub,
    folder: tempfile::TempDir,
}

/// What an import came to, row by row.
struct Import {
    summary: Summary,
    rows: Vec<RowReport>,
}

impl Import {
    fn counts(&self) -> [u64; 4] {
        let Summary { added, changed, left, refused, .. } = self.summary;
        [added, changed, left, refused]
    }

    /// Line, column, value and rule of everything that was refused.
    fn refusals(&self) -> Vec<(u64, String, String, &'static str)> {
        let problems = self.rows.iter().flat_map(|row| match &row.outcome {
            Outcome::Refused(problems) => {
                problems.iter().map(|it| (row.line, it.column.clone(), it.value.clone(), it.rule)).collect()
            }
            _ => Vec::new(),
        });
        problems.map(|(line, column, value, rule)| (line, column.unwrap_or_default(), value, rule)).collect()
    }

    /// Line and rule of everything that was refused.
    fn rules(&self) -> Vec<(u64, &'static str)> {
        self.refusals().into_iter().map(|(line, _, _, rule)| (line, rule)).collect()
    }

    /// Line, column, old and new value of everything that was changed.
    fn changes(&self) -> Vec<(u64, String, String, String)> {
        let changes = self.rows.iter().flat_map(|row| match &row.outcome {
            Outcome::Changed(changes) => changes
                .iter()
                .map(|it| {
                    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".into());
                    (row.line, it.column.clone(), shown(&it.from), shown(&it.to))
                })
                .collect(),
            _ => Vec::new(),
        });
        changes.collect()
    }
}

fn change(line: u64, column: &str, from: &str, to: &str) -> (u64, String, String, String) {
    (line, column.into(), from.into(), to.into())
}

impl Desk {
    async fn new() -> Self {
        Self { hub: TestHub::with(REFERENCE).await, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn run(&self, kind: Kind, file: &Path, adjust: impl FnOnce(&mut Options)) -> anyhow::Result<Import> {
        let mut options = Options { file, kind, dry_run: false, keep_going: false, source: None };
        adjust(&mut options);
        let mut rows = Vec::new();
        let mut watch = |report: RowReport| {
            rows.push(report);
            Ok(())
        };
        let summary = import::run(&mut self.hub.maintenance().await, &options, &mut watch).await?;
        Ok(Import { summary, rows })
    }

    async fn import(&self, kind: Kind, content: impl AsRef<[u8]>) -> Import {
        let file = self.file("rows.csv", content);
        self.run(kind, &file, |_| ()).await.unwrap()
    }

    /// What stands wrong with the file as a whole, in Italian.
    async fn broken(&self, kind: Kind, content: impl AsRef<[u8]>) -> String {
        let file = self.file("rows.csv", content);
        match self.run(kind, &file, |_| ()).await {
            Ok(import) => panic!("imported: {:?}", import.summary),
            Err(error) => error.to_string(),
        }
    }

    /// The rows of a query as texts, their columns with a bar between them.
    async fn ask(&self, query: &str) -> Vec<String> {
        ask(&mut self.hub.maintenance().await, query).await
    }
}

async fn ask(connection: &mut PgConnection, query: &str) -> Vec<String> {
    let (columns, rest) = query.rsplit_once(" from ").unwrap();
    let query = format!("select concat_ws('|', {columns}) from {rest}");
    let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn fiscal_code(serial: u32) -> String {
    let digits = format!("{serial:010}");
    format!("{digits}{}", raccordo::identifiers::check_digits::fiscal_code(&digits))
}

const BODIES: &str = "\
codice_fiscale;denominazione;tipo;provincia;comune;sito_web;codice_ipa
80087670016;Comune di Agliè;ente locale;TO;Agliè;https://www.comune.aglie.to.it;c_a074
01907990012;Cooperativa Ponte;third_sector_organisation;BO;Bologna;;
";

#[tokio::test]
async fn organisations_are_added_then_left_then_changed_where_they_differ() {
    let desk = Desk::new().await;
    let first = desk.import(Kind::Organisations, BODIES).await;
    assert_eq!((first.counts(), first.rules()), ([2, 0, 0, 0], vec![]));
    assert_eq!((first.summary.delimiter, first.summary.encoding), (';', "UTF-8"));
    let today = chrono::Local::now().date_naive();
    assert_eq!(
        desk.ask("name, kind, province_code, municipality_code, ipa_code, visibility, audience, is_synthetic, source from organisation where fiscal_code is not null order by name").await,
        [
            format!("Comune di Agliè|local_authority|001|001001|c_a074|public|0|f|rows.csv, {today}"),
            format!("Cooperativa Ponte|third_sector_organisation|037|037006|public|0|f|rows.csv, {today}"),
        ]
    );

    let again = desk.import(Kind::Organisations, BODIES).await;
    assert_eq!((again.counts(), again.summary.run), ([0, 0, 2, 0], None));
    let tried = desk.file("tried.csv", BODIES.replace("Ponte;", "Un Ponte;"));
    let tried = desk.run(Kind::Organisations, &tried, |options| options.dry_run = true).await.unwrap();
    assert_eq!((tried.counts(), tried.summary.run), ([0, 1, 1, 0], None));

    let other = BODIES.replace("Ponte;", "Il Ponte;").replace("https://www.comune.aglie.to.it", "");
    let third = desk.import(Kind::Organisations, &other).await;
    assert_eq!(third.counts(), [0, 2, 0, 0]);
    assert_eq!((first.summary.run, third.summary.run), (Some(1), Some(2)), "what wrote nothing takes no number");
    assert_eq!(
        third.changes(),
        [
            change(2, "sito_web", "https://www.comune.aglie.to.it", "–"),
            change(3, "denominazione", "Cooperativa Ponte", "Cooperativa Il Ponte"),
        ]
    );
    assert_eq!(
        desk.ask("name, website, version from organisation where fiscal_code is not null order by name").await,
        ["Comune di Agliè|2", "Cooperativa Il Ponte|2"]
    );
}

#[tokio::test]
async fn what_a_file_does_not_state_stays_as_it_is() {
    let desk = Desk::new().await;
    desk.import(Kind::Organisations, BODIES).await;
    let import = desk
        .import(Kind::Organisations, "ipa_code,name,kind,fiscal_code,visibility\nC_A074,Agliè,local_authority,,\n")
        .await;
    assert_eq!(import.changes(), [change(2, "name", "Comune di Agliè", "Agliè")]);
    assert_eq!(
        desk.ask("fiscal_code, website, visibility from organisation where ipa_code = 'c_a074'").await,
        ["80087670016|https://www.comune.aglie.to.it|public"]
    );
}

#[tokio::test]
async fn an_office_gets_its_codes_but_no_other_nature() {
    let desk = Desk::new().await;
    let office = "Prefettura - Ufficio Territoriale del Governo di Bologna";
    let import = desk
        .import(
            Kind::Organisations,
            format!(
                "office_code,fiscal_code,name,kind,visibility\n\
                 PREF-BO,80087670016,{office},prefecture,\n\
                 PREF-TO,,Torino,public_body,\n\
                 PREF-MI,,Milano,prefecture,network\n\
                 PREF-XX,{},Nessuna,public_body,\n\
                 ,{},Nuova,prefecture,\n",
                fiscal_code(1),
                fiscal_code(2)
            ),
        )
        .await;
    assert_eq!(
        import.rules(),
        [(3, "kind.reference"), (4, "visibility.reference"), (5, "office.unknown"), (6, "kind.reference")]
    );
    assert_eq!(import.changes(), [change(2, "fiscal_code", "–", "80087670016")]);
}

/// Organisations that the other kinds name.
async fn with_bodies() -> Desk {
    let desk = Desk::new().await;
    assert_eq!(desk.import(Kind::Organisations, BODIES).await.counts(), [2, 0, 0, 0]);
    desk
}

const PROJECTS: &str = "\
cup,local_code,title,status,lead,partners,contracts,places,province,starts_on,ends_on,public_funding,programme
F89D16000570007,L-1,Uno,in corso,PREF-BO,01907990012|c_a074,8528645C7D|Z1E31EB332,BO|001001,BO,01/02/2024,2025-12-31,\"400.000,50\",FAMI-2014-2020/OS2
,L-2,Due,proposed,01907990012,,,,037,,,,
";

#[tokio::test]
async fn projects_come_with_their_lead_partners_places_and_contracts() {
    let desk = with_bodies().await;
    let import = desk.import(Kind::Projects, PROJECTS).await;
    assert_eq!((import.counts(), import.rules()), ([2, 0, 0, 0], vec![]));
    assert_eq!(
        desk.ask("p.title, p.status, p.starts_on, p.public_funding, p.visibility, p.audience = p.owner_number + 1000000, o.number = p.owner_number from project p join organisation o on o.id = p.lead_id where local_code is not null order by 1").await,
        ["Due|proposed|owner|t|t", "Uno|running|2024-02-01|400000.50|public|f|t"]
    );
    assert_eq!(
        desk.ask("o.name, w.role, w.audience, w.is_synthetic from project_participation w join organisation o on o.id = w.organisation_id join project p on p.id = w.project_id where p.local_code = 'L-1' order by 1").await,
        ["Comune di Agliè|partner|0|f", "Cooperativa Ponte|partner|0|f"]
    );
    let places = "p.title, s.province_code, s.municipality_code from project_place s join project p on p.id = s.project_id order by 1";
    assert_eq!(desk.ask(places).await, ["Uno|001|001001", "Uno|037|"]);
    assert_eq!(
        desk.ask("cig from project_contract where cig <> '8528645C7D' or subject is null order by 1").await.len(),
        2
    );

    assert_eq!(desk.import(Kind::Projects, PROJECTS).await.counts(), [0, 0, 2, 0]);

    let other = PROJECTS
        .replace("01907990012|c_a074,8528645C7D|Z1E31EB332", "01907990012,8528645C7D")
        .replace("PREF-BO,", "80087670016,");
    let import = desk.import(Kind::Projects, other).await;
    assert_eq!(
        import.changes(),
        [
            change(2, "lead", "Prefettura - Ufficio Territoriale del Governo di Bologna", "Comune di Agliè"),
            change(2, "partners", "Comune di Agliè | Cooperativa Ponte", "Cooperativa Ponte"),
            change(2, "contracts", "8528645C7D | Z1E31EB332", "8528645C7D"),
        ]
    );
    assert_eq!(
        desk.ask("o.name, o.number = p.owner_number from project p join organisation o on o.id = p.lead_id where local_code = 'L-1'").await,
        ["Comune di Agliè|t"]
    );
    assert_eq!(
        desk.ask("role from project_participation w join project p on p.id = w.project_id where p.local_code = 'L-1'")
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn what_is_not_admitted_is_not_public_and_a_project_without_places_works_in_its_province() {
    let desk = with_bodies().await;
    let file = "local_code,title,status,lead,province,visibility\n\
                1,Uno,idea,01907990012,BO,public\n\
                2,Due,idea,01907990012,BO,\n\
                3,Tre,running,01907990012,,territorio\n";
    let import = desk.import(Kind::Projects, file).await;
    assert_eq!(import.rules(), [(2, "visibility.unadmitted"), (4, "visibility.province")]);
    desk.import(Kind::Projects, "local_code,title,status,lead,province\n2,Due,running,01907990012,BO\n").await;
    assert_eq!(desk.ask("province_code from project_place").await, ["037"]);
    let import = desk.import(Kind::Projects, "local_code,title,status,lead\n2,Due,respinto,01907990012\n").await;
    assert_eq!(import.refusals(), [(2, "status".into(), "rejected".into(), "visibility.unadmitted")]);
}

#[tokio::test]
async fn seats_are_known_by_council_organisation_category_and_first_day() {
    let desk = with_bodies().await;
    let file = "consiglio;ente;categoria;dal;al;parte;ruolo;visibilità\n\
                BO;01907990012;h;01/01/2024;;;;\n\
                PREF-BO;c_a074;d;2024-01-01;2026-12-31;;segreteria;rete\n\
                SU;c_a074;invitato;2024-01-01;;;;\n";
    let import = desk.import(Kind::Memberships, file).await;
    assert_eq!((import.counts(), import.rules()), ([3, 0, 0, 0], vec![]));
    assert_eq!(
        desk.ask("c.name, s.category, s.role, s.valid_from, s.valid_until, s.audience, s.province_code, s.owner_number = c.number from council_seat s join organisation c on c.id = s.council_id order by s.category").await,
        [
            "Consiglio territoriale per l'immigrazione di Bologna|d|secretariat|2024-01-01|2026-12-31|1|037|t",
            "Consiglio territoriale per l'immigrazione di Bologna|h|member|2024-01-01|0|037|t",
            "Consiglio territoriale per l'immigrazione di Cagliari|invited|member|2024-01-01|0|118|t",
        ]
    );
    let again = file.replace("01/01/2024;;", "01/01/2024;31/12/2025;").replace("01907990012;h", "01907990012;h)");
    let import = desk.import(Kind::Memberships, again).await;
    assert_eq!((import.counts(), import.changes()), ([0, 1, 2, 0], vec![change(2, "al", "–", "2025-12-31")]));

    let bad = "council,organisation,category,valid_from,valid_until,side\n\
               ZZ,01907990012,h,2024-01-01,,\n\
               BO,01907990012,h,2025-01-01,2024-01-01,\n\
               BO,01907990012,h,2026-01-01,,workers\n\
               BO,99999,z,,,\n";
    let import = desk.import(Kind::Memberships, bad).await;
    assert_eq!(
        import.refusals(),
        [
            (2, "council".into(), "ZZ".into(), "council.unknown"),
            (3, "valid_until".into(), "2024-01-01".into(), "period.order"),
            (4, "side".into(), "workers".into(), "side.category"),
            (5, "organisation".into(), "99999".into(), "organisation.unknown"),
            (5, "category".into(), "z".into(), "choice.unknown"),
            (5, "valid_from".into(), "".into(), "cell.missing"),
        ]
    );
}

#[tokio::test]
async fn agreements_come_with_their_parties() {
    let desk = with_bodies().await;
    let file = "riferimento,titolo,promotore,dal,parti\nP-1,Protocollo,PREF-BO,2025-01-01,01907990012 | 80087670016\n";
    assert_eq!(desk.import(Kind::Agreements, file).await.counts(), [1, 0, 0, 0]);
    assert_eq!(desk.import(Kind::Agreements, file).await.counts(), [0, 0, 1, 0]);
    assert_eq!(desk.ask("a.title, o.name, b.audience from agreement_party b join agreement a on a.id = b.agreement_id join organisation o on o.id = b.organisation_id order by 1").await.len(), 2);
    let import = desk.import(Kind::Agreements, file.replace(" | 80087670016", "")).await;
    assert_eq!(import.changes(), [change(2, "parti", "Comune di Agliè | Cooperativa Ponte", "Cooperativa Ponte")]);
}

#[tokio::test]
async fn programme_nodes_stand_below_what_their_code_begins_with() {
    let desk = Desk::new().await;
    let file = "codice,tipo,denominazione,dotazione\n\
                FAMI-2021-2027/OS2/2.e,misura di attuazione,Misura 2.e,\"1.000.000,00\"\n\
                FAMI-2021-2027/OS2/2.e/2.n,field_of_application,Ambito 2.n,\n\
                FAMI-2021-2027/OS9/9.a,intervention,Nessuno,\n\
                FSE-2030,azione,Fondo,\n";
    let import = desk.import(Kind::Programmes, file).await;
    assert_eq!(import.rules(), [(4, "programme.parent"), (5, "programme.kind")]);
    let good = file.replace("OS9/9.a", "OS2/2.d/2.m/b").replace("FSE-2030,azione", "FSE-2030,programma");
    assert_eq!(desk.import(Kind::Programmes, &good).await.counts(), [4, 0, 0, 0]);
    assert_eq!(desk.import(Kind::Programmes, &good).await.counts(), [0, 0, 4, 0]);
    assert_eq!(
        desk.ask("parent_code, label, kind, budget from programme_node where code like '%2.e%' order by code").await,
        ["FAMI-2021-2027/OS2|2.e|implementation_measure|1000000.00", "FAMI-2021-2027/OS2/2.e|2.n|field_of_application"]
    );
}

const OPENCOESIONE: &str = "\
COD_LOCALE_PROGETTO;CUP;OC_TITOLO_PROGETTO;OC_STATO_PROGETTO;FINANZ_TOTALE_PUBBLICO;OC_CODFISC_PROGRAMMATORE;OC_DENOM_PROGRAMMATORE;OC_CODFISC_ATTUATORE;OC_DENOM_ATTUATORE;OC_CODFISC_BENEFICIARIO;OC_DENOM_BENEFICIARIO;OC_CODFISC_REALIZZATORE;OC_DENOM_REALIZZATORE;OC_LINK
1LO1;F89D16000570007;Primo;In corso;1234567,89;80087670016;REGIONE;;;01907990012:::00000000109;PONTE:::ENTE NUOVO;;;x
1LO2;;Secondo;Concluso;;;;00000000109;ENTE NUOVO;;;;;x
1LO3;;Terzo;Boh;-1;;;RSSMRA85T10A562S;ROSSI MARIO;;;;;x
1LO4;;Quarto;Liquidato;;;;;;;;;;x
1LO5;;Quinto;Liquidato;;;;;;00000000109:::00000000208;UNO SOLO;;;x
1LO6;;Sesto;Liquidato;;;;;;00000000307;;;;x
";

#[tokio::test]
async fn opencoesiones_projects_bring_the_bodies_that_nobody_knew() {
    let desk = with_bodies().await;
    let file = desk.file("oc.csv", OPENCOESIONE);
    let import = desk.run(Kind::Opencoesione, &file, |options| options.keep_going = true).await.unwrap();
    assert_eq!(import.counts(), [2, 0, 0, 4]);
    assert_eq!(import.summary.ignored_columns, ["OC_LINK"]);
    assert_eq!(import.rows[0].bodies_added, [("00000000109".to_owned(), "ENTE NUOVO".to_owned())]);
    assert_eq!(import.rows[1].bodies_added, []);
    assert_eq!(
        import.refusals(),
        [
            (4, "OC_STATO_PROGETTO".into(), "Boh".into(), "choice.unknown"),
            (4, "FINANZ_TOTALE_PUBBLICO".into(), "-1".into(), "amount.negative"),
            (4, "OC_CODFISC_ATTUATORE".into(), "RSSMRA85T10A562S".into(), "fiscal_code.person"),
            (5, "OC_CODFISC_BENEFICIARIO".into(), "".into(), "lead.missing"),
            (6, "OC_CODFISC_BENEFICIARIO".into(), "00000000109:::00000000208".into(), "list.names"),
            (7, "OC_CODFISC_BENEFICIARIO".into(), "00000000307".into(), "organisation.unknown"),
        ]
    );
    assert_eq!(
        desk.ask("p.title, p.status, p.cup, p.public_funding, l.name, string_agg(w.role || ' ' || o.name, ', ' order by w.role, o.name) from project p join organisation l on l.id = p.lead_id join project_participation w on w.project_id = p.id join organisation o on o.id = w.organisation_id where local_code is not null group by p.id, l.id order by 1").await,
        [
            "Primo|running|F89D16000570007|1234567.89|Cooperativa Ponte|beneficiary Cooperativa Ponte, beneficiary ENTE NUOVO, programmer Comune di Agliè",
            "Secondo|closed|ENTE NUOVO|implementer ENTE NUOVO",
        ]
    );
    assert_eq!(
        desk.ask("kind, visibility, is_synthetic from organisation where fiscal_code = '00000000109'").await,
        ["other_organisation|public|f"]
    );
    let import = desk.run(Kind::Opencoesione, &file, |options| options.keep_going = true).await.unwrap();
    assert_eq!((import.counts(), import.summary.bodies_added), ([0, 0, 2, 4], 0));
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_writes_nothing() {
    let desk = with_bodies().await;
    let everything = "(select count(*) from organisation), (select count(*) from project), (select count(*) from project_participation), (select count(*) from import_run), (select max(version) from organisation) from region limit 1";
    let before = desk.ask(everything).await;
    let file = desk.file("p.csv", PROJECTS);
    let tried = desk.run(Kind::Projects, &file, |options| options.dry_run = true).await.unwrap();
    assert_eq!((tried.counts(), tried.summary.written, tried.summary.run), ([2, 0, 0, 0], false, None));
    let changed = desk.file("o.csv", BODIES.replace("Ponte", "Nuova"));
    let tried = desk.run(Kind::Organisations, &changed, |options| options.dry_run = true).await.unwrap();
    assert_eq!(tried.changes(), [change(3, "denominazione", "Cooperativa Ponte", "Cooperativa Nuova")]);
    assert_eq!(desk.ask(everything).await, before);
}

#[tokio::test]
async fn one_bad_row_keeps_the_whole_file_out() {
    let desk = Desk::new().await;
    let import = desk.import(Kind::Organisations, BODIES.replace("01907990012", "01907990013")).await;
    assert_eq!((import.counts(), import.summary.written), ([1, 0, 0, 1], false));
    assert_eq!(import.refusals(), [(3, "codice_fiscale".into(), "01907990013".into(), "fiscal_code.check_digit")]);
    assert_eq!(desk.ask("name from organisation where fiscal_code is not null").await.len(), 0);
    assert_eq!(std::fs::read_dir(desk.folder.path()).unwrap().count(), 1, "no other file was left");
}

#[tokio::test]
async fn refused_rows_come_back_as_a_file_that_can_be_corrected_and_imported() {
    let desk = Desk::new().await;
    let content = format!(
        "nota;fiscal_code;name;kind\n\
         a;{};Uno;public_body\n\
         \"b;b\";01907990013;\"Due \"\"2\"\"\nnuova riga\";public_body\n\
         c;{};Tre\n\
         d;{};Quattro;public_body;;\n\
         e;{};Cinque;public_body\n",
        fiscal_code(1),
        fiscal_code(3),
        fiscal_code(4),
        fiscal_code(5)
    );
    let file = desk.file("bodies.csv", &content);
    let import = desk.run(Kind::Organisations, &file, |options| options.keep_going = true).await.unwrap();
    assert_eq!(import.counts(), [2, 0, 0, 3]);
    assert_eq!(import.rules(), [(3, "fiscal_code.check_digit"), (5, "row.cells"), (6, "row.cells")]);
    let refused = import.summary.refused_file.unwrap();
    assert_eq!(refused.file_name().unwrap(), "bodies.refused.csv");
    let text = std::fs::read_to_string(&refused).unwrap();
    assert!(text.starts_with("\u{feff}nota;fiscal_code;name;kind;refused_because\n"), "{text}");

    // Imported as it is, it is refused as it was.
    let again = desk.run(Kind::Organisations, &refused, |options| options.keep_going = true).await.unwrap();
    assert_eq!(again.counts(), [0, 0, 0, 3]);
    let second = again.summary.refused_file.unwrap();
    assert_eq!(second.file_name().unwrap(), "bodies.refused-2.csv");
    assert_eq!(std::fs::read_to_string(&second).unwrap(), text);

    let corrected = text
        .replace("01907990013", "01907990012")
        .replace("Tre;la riga", "Tre;public_body;la riga")
        .replace("Quattro;public_body;;;", "Quattro;public_body;");
    std::fs::write(&refused, corrected).unwrap();
    let last = desk.run(Kind::Organisations, &refused, |_| ()).await.unwrap();
    assert_eq!((last.counts(), last.rules()), ([3, 0, 0, 0], vec![]));
    assert_eq!(
        desk.ask("name from organisation where fiscal_code is not null order by name").await,
        ["Cinque", "Due \"2\"\nnuova riga", "Quattro", "Tre", "Uno"]
    );
}

#[tokio::test]
async fn a_record_stands_once_in_a_file_and_its_codes_mean_one_record() {
    let desk = with_bodies().await;
    let import = desk
        .import(
            Kind::Organisations,
            format!(
                "fiscal_code,ipa_code,name,kind\n\
                 {0},,Uno,public_body\n\
                 {0},,Uno,public_body\n\
                 01907990012,c_a074,Due,public_body\n\
                 80087670016,,Tre,public_body\n\
                 ,c_a074,Tre,public_body\n\
                 ,,Quattro,public_body\n",
                fiscal_code(1)
            ),
        )
        .await;
    assert_eq!(
        import.refusals(),
        [
            (3, "fiscal_code".into(), fiscal_code(1), "key.repeated"),
            (4, "fiscal_code".into(), "01907990012".into(), "key.conflict"),
            (6, "ipa_code".into(), "c_a074".into(), "key.repeated"),
            (7, "fiscal_code".into(), "".into(), "key.missing"),
        ]
    );
    let Outcome::Refused(problems) = &import.rows[1].outcome else { panic!() };
    assert_eq!(problems[0].message.en, "stands in line 2 already");
}

#[tokio::test]
async fn files_come_in_every_dress() {
    let desk = Desk::new().await;
    let latin: Vec<u8> = BODIES.chars().map(|character| character as u8).collect();
    for (name, content) in [
        ("a BOM", format!("\u{feff}{BODIES}").into_bytes()),
        ("CRLF", BODIES.replace('\n', "\r\n").into_bytes()),
        ("commas", BODIES.replace(';', ",").into_bytes()),
        ("Latin-1", latin),
        ("no last line end", BODIES.trim_end().as_bytes().to_vec()),
    ] {
        let file = desk.file("rows.csv", content);
        let import = desk.run(Kind::Organisations, &file, |options| options.dry_run = true).await.unwrap();
        assert_eq!((import.counts(), import.rules()), ([2, 0, 0, 0], vec![]), "{name}");
    }
    let import =
        desk.import(Kind::Organisations, BODIES.replace("Comune di Agliè", "\"Comune\r\ndi \"\"Agliè\"\"\"")).await;
    assert_eq!(import.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(desk.ask("name from organisation where ipa_code = 'c_a074'").await, ["Comune\ndi \"Agliè\""]);
}

#[tokio::test]
async fn a_broken_file_is_told_in_one_sentence_and_writes_nothing() {
    let desk = Desk::new().await;
    for (content, said) in [
        ("", "Il file è vuoto."),
        ("\n\n", "Il file non ha un'intestazione."),
        ("PK\u{3}\u{4}\0\0\0", "Il file non è un testo: esportarlo come CSV."),
        ("nome;tipo\nA;public_body\n", "Mancano le colonne: fiscal_code o ipa_code o runts_number o office_code."),
        ("cf;codice_fiscale;nome;tipo\n", "Le colonne \"cf\" e \"codice_fiscale\" dicono la stessa cosa"),
        ("cf;nome;tipo\n01907990012;\"A;public_body\n", "Una virgoletta aperta nella riga 2 non viene chiusa."),
    ] {
        let error = desk.broken(Kind::Organisations, content).await;
        assert!(error.starts_with(said), "{error}");
    }
    let error = desk.broken(Kind::Projects, "cup,titel\n").await;
    assert!(
        error.starts_with("Mancano le colonne: title, status, lead. Colonne di un file \"projects\": cup, local_code")
    );
    for (kind, missing) in [
        (Kind::Projects, "title, status, lead, cup o local_code"),
        (Kind::Opencoesione, "COD_LOCALE_PROGETTO, OC_TITOLO_PROGETTO, OC_STATO_PROGETTO"),
    ] {
        let error = desk.broken(kind, "nome\n").await;
        assert!(error.starts_with(&format!("Mancano le colonne: {missing}. ")), "{error}");
    }
    assert_eq!(desk.import(Kind::Organisations, "cf;nome;tipo\n").await.counts(), [0; 4]);
}

#[tokio::test]
async fn twenty_thousand_rows_with_one_in_a_hundred_bad_report_exactly_those() {
    let desk = Desk::new().await;
    let mut content = String::from("fiscal_code;name;kind;province;valid_from;valid_until;website\n");
    let mut expected = Vec::new();
    for number in 0..20_000_u32 {
        let line = u64::from(number) + 2;
        let code = fiscal_code(number);
        let wrong_digit = format!("{}{}", &code[..10], (code.as_bytes()[10] - b'0' + 1) % 10);
        let good = [&code, "Ente", "public_body", "BO", "2020-01-01", "", ""];
        let mut cells = good;
        if number % 100 == 37 {
            let (place, value, rule) = match number / 100 % 8 {
                0 => (0, wrong_digit.as_str(), "fiscal_code.check_digit"),
                1 => (0, "123", "fiscal_code.form"),
                2 => (1, "", "cell.missing"),
                3 => (2, "club", "choice.unknown"),
                4 => (3, "Atlantide", "province.unknown"),
                5 => (4, "2020-02-30", "date.form"),
                6 => (5, "2019-12-31", "period.order"),
                _ => (6, "www.example.invalid", "website.form"),
            };
            cells[place] = value;
            let column = ["fiscal_code", "name", "kind", "province", "valid_from", "valid_until", "website"][place];
            expected.push((line, column.to_owned(), value.to_owned(), rule));
            writeln!(content, "{}", cells.join(";")).unwrap();
            continue;
        }
        writeln!(content, "{}", cells.join(";")).unwrap();
    }
    let file = desk.file("many.csv", content);
    let import = desk.run(Kind::Organisations, &file, |options| options.keep_going = true).await.unwrap();
    assert_eq!(import.counts(), [19_800, 0, 0, 200]);
    assert_eq!(import.refusals(), expected);
    assert_eq!(desk.ask("count(*) from organisation where fiscal_code is not null").await, ["19800"]);
    let refused = std::fs::read_to_string(import.summary.refused_file.unwrap()).unwrap();
    assert_eq!(refused.lines().count(), 201);
}

#[tokio::test]
async fn an_import_can_be_taken_back_until_somebody_builds_on_it() {
    let desk = with_bodies().await;
    let state = "(select jsonb_agg(to_jsonb(o) - array['version', 'updated_at'] order by id) from organisation o), (select jsonb_agg(to_jsonb(p) - array['version', 'updated_at'] order by id) from project p), (select jsonb_agg(to_jsonb(w) order by id) from project_participation w), (select jsonb_agg(to_jsonb(s)) from project_place s), (select jsonb_agg(to_jsonb(c) order by id) from project_contract c) from region limit 1";
    let mut connection = desk.hub.maintenance().await;
    let empty = desk.ask(state).await;
    let first = desk.import(Kind::Projects, PROJECTS).await.summary.run.unwrap();
    let filled = desk.ask(state).await;
    let other = PROJECTS
        .replace("01907990012|c_a074,8528645C7D|", "c_a074,")
        .replace("Uno", "Altro")
        .replace("BO|001001", "TO");
    let second = desk.import(Kind::Projects, other).await.summary.run.unwrap();
    assert_ne!(desk.ask(state).await, filled);

    let error = import::undo(&mut connection, first).await.unwrap_err().to_string();
    assert!(error.starts_with("Dopo l'importazione i suoi record sono cambiati"), "{error}");
    assert!(error.ends_with("(project: F89D16000570007)."), "{error}");
    import::undo(&mut connection, second).await.unwrap();
    assert_eq!(desk.ask(state).await, filled);
    assert!(import::undo(&mut connection, second).await.is_err(), "once is enough");
    import::undo(&mut connection, first).await.unwrap();
    assert_eq!(desk.ask(state).await, empty);

    let oc = desk.file("oc.csv", OPENCOESIONE);
    let third =
        desk.run(Kind::Opencoesione, &oc, |options| options.keep_going = true).await.unwrap().summary.run.unwrap();
    import::undo(&mut connection, third).await.unwrap();
    assert_eq!(desk.ask(state).await, empty);

    // A seat that was given since would go with its organisation.
    let body = desk.import(Kind::Organisations, format!("cf,nome,tipo\n{},X,public_body\n", fiscal_code(7))).await;
    let seat = format!("council,organisation,category,valid_from\nBO,{},h,2024-01-01\n", fiscal_code(7));
    desk.import(Kind::Memberships, seat).await;
    let error = import::undo(&mut connection, body.summary.run.unwrap()).await.unwrap_err().to_string();
    assert!(error.contains("altri ne dipendono"), "{error}");
    let code = fiscal_code(7);
    assert!(error.ends_with(&format!("(organisation: {code} ← council_seat: {code}).")), "{error}");
    assert_eq!(desk.ask("count(*) from council_seat").await, ["1"]);
}

#[tokio::test]
async fn a_synthetic_record_that_a_file_changes_stays_marked() {
    let desk = Desk { hub: TestHub::with(SMALL).await, folder: tempfile::tempdir().unwrap() };
    let code = &desk.ask("fiscal_code from organisation where name = 'Cooperativa sociale Ponte sul Reno'").await[0];
    let import =
        desk.import(Kind::Organisations, format!("cf,nome,tipo\n{code},Ponte,third_sector_organisation\n")).await;
    assert_eq!(import.changes(), [change(2, "nome", "Cooperativa sociale Ponte sul Reno", "Ponte")]);
    assert_eq!(desk.ask(&format!("is_synthetic from organisation where fiscal_code = '{code}'")).await, ["t"]);
}

#[tokio::test]
async fn two_imports_do_not_interleave() {
    let desk = Desk::new().await;
    let file = desk.file("rows.csv", BODIES);
    let (one, two) =
        tokio::join!(desk.run(Kind::Organisations, &file, |_| ()), desk.run(Kind::Organisations, &file, |_| ()));
    let mut counts = [one.unwrap().counts(), two.unwrap().counts()];
    counts.sort();
    assert_eq!(counts, [[0, 0, 2, 0], [2, 0, 0, 0]]);
}

fn documents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

#[tokio::test]
async fn the_examples_of_the_documents_import_as_they_stand() {
    let desk = Desk::new().await;
    for (kind, added) in [
        (Kind::Organisations, 4),
        (Kind::Programmes, 3),
        (Kind::Projects, 2),
        (Kind::Memberships, 3),
        (Kind::Agreements, 2),
        (Kind::Opencoesione, 2),
    ] {
        let file = documents().join(format!("examples/{}.csv", kind.name()));
        let import = desk.run(kind, &file, |_| ()).await.unwrap();
        assert_eq!((import.refusals(), import.counts()), (vec![], [added, 0, 0, 0]), "{}", kind.name());
    }
}

#[test]
fn the_document_explains_every_column() {
    let text = std::fs::read_to_string(documents().join("import.md")).unwrap();
    for kind in Kind::ALL {
        let (_, section) = text.split_once(&format!("\n## `{}`", kind.name())).expect("a section for each kind");
        let section = section.split("\n## ").next().unwrap();
        for column in kind.spec().columns {
            assert!(section.contains(&format!("`{}`", column.name)), "{} of {}", column.name, kind.name());
        }
    }
}

#[test]
fn the_command_imports_beside_the_hub_that_runs() {
    let folder = embedded::folder();
    let hub = HubProcess::start(folder.path());
    let file = folder.path().join("bodies.csv");
    let import = |content: &str, more: &[&str]| {
        std::fs::write(&file, content).unwrap();
        let mut command = embedded::raccordo(folder.path(), 1);
        command.args(["import", "bodies.csv", "--as", "organisations"]).args(more).env("LC_ALL", "it_IT.UTF-8");
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said, _) = import(BODIES, &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&said).expect(&said);
    assert_eq!((code, &report["added"], &report["written"]), (Some(0), &2.into(), &true.into()));
    assert_eq!(report["rows"][1]["line"], 3);

    let (_, said, _) = import(&BODIES.replace("Ponte", "Ponti"), &[]);
    let told = format!("raccordo import --undo 2 --data-dir '{}'", folder.path().display());
    assert!(said.contains(&told), "{told}: {said}");
    assert!(embedded::raccordo(folder.path(), 1).args(["import", "--undo", "2"]).output().unwrap().status.success());

    let (code, said, _) = import(&BODIES.replace("01907990012", "01907990013"), &["--keep-going"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("riga 3  codice_fiscale \"01907990013\" la cifra di controllo dovrebbe essere 2"), "{said}");
    assert!(said.contains("bodies.refused.csv"), "{said}");

    let (code, _, error) = import("nome\nX\n", &[]);
    assert_eq!(code, Some(1));
    assert!(error.contains("Mancano le colonne: name") || error.contains("Mancano le colonne: kind"), "{error}");

    let undo = |run: &str| embedded::raccordo(folder.path(), 1).args(["import", "--undo", run]).output().unwrap();
    let run = report["run"].to_string();
    let undone = undo(&run);
    assert!(undone.status.success(), "{undone:?}");
    let again = undo(&run);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        String::from_utf8(again.stderr).unwrap().contains("There is no import"),
        "the language follows the environment"
    );
    drop(hub);

    let (code, said, error) = import(BODIES, &["--dry-run"]);
    assert_eq!(code, Some(0), "without a hub the command starts the database itself: {said}{error}");
    assert!(said.contains("Prova: nulla è stato scritto."), "{said}");
}
