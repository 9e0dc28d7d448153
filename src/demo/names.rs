//! Plausible names for bodies that do not exist.

use super::bodies::Sort;
use super::dice::Dice;

const IMAGES: [&str; 48] = [
    "Il Melograno",
    "La Rondine",
    "Arcobaleno",
    "Orizzonti",
    "Mosaico",
    "Il Ponte",
    "La Bussola",
    "Terra Nuova",
    "Porte Aperte",
    "Girasole",
    "Il Faro",
    "Mani Tese al Futuro",
    "Radici",
    "Ali e Radici",
    "Passaggi",
    "Crocevia",
    "La Sorgente",
    "Il Sentiero",
    "Nuovi Passi",
    "Casa Comune",
    "Aurora",
    "Stella del Mattino",
    "Il Germoglio",
    "Insieme",
    "Controvento",
    "La Quercia",
    "L'Approdo",
    "Il Cortile",
    "Parole Migranti",
    "Il Seme",
    "Albero della Vita",
    "Tessere",
    "Fili Intrecciati",
    "Comunità Viva",
    "Spazio Aperto",
    "Il Vicinato",
    "Solidarietà Attiva",
    "La Carovana",
    "Isole Vicine",
    "Vento del Sud",
    "Quartiere Mondo",
    "Il Filo",
    "Cantiere Sociale",
    "Futuro Prossimo",
    "La Lanterna",
    "Oltre il Mare",
    "Voci Nuove",
    "L'Incontro",
];
const COMMUNITIES: [&str; 24] = [
    "dei senegalesi",
    "marocchina",
    "albanese",
    "delle donne ucraine",
    "dei filippini",
    "peruviana",
    "bangladese",
    "pakistana",
    "tunisina",
    "nigeriana",
    "degli eritrei",
    "degli etiopi",
    "ghanese",
    "ivoriana",
    "moldava",
    "romena",
    "cinese",
    "dello Sri Lanka",
    "ecuadoriana",
    "egiziana",
    "camerunense",
    "afghana",
    "indiana",
    "maliana",
];
const SAINTS: [&str; 12] = [
    "San Giuseppe",
    "Santa Maria Assunta",
    "San Martino",
    "San Francesco",
    "Sant'Antonio",
    "San Giovanni Battista",
    "Santi Pietro e Paolo",
    "San Lorenzo",
    "Santa Chiara",
    "San Nicola",
    "San Michele",
    "Sacro Cuore",
];

/// Third-sector forms, each with its RUNTS section.
pub const THIRD_SECTOR: [(&str, &str); 9] = [
    ("Cooperativa sociale", "imprese_sociali"),
    ("Associazione di promozione sociale", "aps"),
    ("Organizzazione di volontariato", "odv"),
    ("Cooperativa sociale", "imprese_sociali"),
    ("Associazione", "aps"),
    ("Fondazione", "enti_filantropici"),
    ("Ente del terzo settore", "altri_ets"),
    ("Rete", "reti_associative"),
    ("Società di mutuo soccorso", "societa_di_mutuo_soccorso"),
];

/// What a body is called: `town` where it sits, `area` the office's name of its province, `region`.
pub fn name(dice: &mut Dice, sort: Sort, form: &str, town: &str, area: &str, region: &str) -> String {
    match sort {
        Sort::Region => format!("Regione {region}"),
        Sort::Province => format!("{form} di {area}"),
        Sort::Town => format!("Comune di {town}"),
        Sort::Police => format!("Questura di {area}"),
        Sort::SchoolOffice => format!("Ufficio scolastico territoriale di {area}"),
        Sort::LabourInspectorate => format!("Ispettorato territoriale del lavoro di {area}"),
        Sort::Health => match region {
            "Emilia-Romagna" | "Toscana" => format!("Azienda USL di {area}"),
            _ => format!("Azienda sanitaria locale di {area}"),
        },
        Sort::Insurance => format!("{form} – Sede di {area}"),
        Sort::AdultSchool => format!("Centro provinciale per l'istruzione degli adulti di {area}"),
        Sort::University => format!("Università degli studi di {area}"),
        Sort::PublicService => format!("{form} di {town}"),
        Sort::Chamber => format!("Camera di commercio di {area}"),
        Sort::Workers | Sort::Employers => format!("{form} di {area}"),
        Sort::Foreigners => {
            let noun = *dice.pick(&["Associazione", "Comunità", "Associazione culturale", "Unione"]);
            format!("{noun} {} di {town}", dice.pick(&COMMUNITIES))
        }
        Sort::ThirdSector => format!("{form} {} – {town}", dice.pick(&IMAGES)),
        Sort::Religious => match form {
            "Caritas" => format!("Caritas diocesana di {area}"),
            _ => format!("Parrocchia di {} – {town}", dice.pick(&SAINTS)),
        },
        Sort::Economic => format!("{form} {} di {town}", dice.pick(&IMAGES)),
        Sort::Other => format!("{form} {} di {town}", dice.pick(&IMAGES)),
    }
}

/// The legal or customary form that a name of this sort begins with; `turn` counts the bodies of the sort in a place.
pub fn form(dice: &mut Dice, sort: Sort, turn: usize) -> (&'static str, Option<&'static str>) {
    let of = |forms: &[&'static str]| (forms[turn % forms.len()], None);
    match sort {
        Sort::ThirdSector => {
            let (form, section) = *dice.pick_skewed(&THIRD_SECTOR);
            (form, Some(section))
        }
        Sort::Insurance => of(&["INPS", "INAIL"]),
        Sort::Workers => of(&["Unione sindacale", "Camera del lavoro", "Federazione dei lavoratori"]),
        Sort::Employers => {
            of(&["Unione degli industriali", "Associazione degli artigiani", "Federazione degli agricoltori"])
        }
        Sort::Religious if turn == 0 => of(&["Caritas"]),
        Sort::PublicService => of(&["Istituto comprensivo", "Azienda servizi alla persona", "Istituto superiore"]),
        Sort::Economic => of(&["Cooperativa agricola", "Consorzio", "Centro servizi alle imprese"]),
        Sort::Other => of(&["Ente di formazione", "Centro studi", "Circolo"]),
        _ => of(&[""]),
    }
}
