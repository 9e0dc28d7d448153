//! What plans and projects are about, in the words of the officers who write them.

/// A field of work of the territorial councils.
pub struct Topic {
    /// Key in `plan_need.topic`.
    pub key: &'static str,
    pub name: &'static str,
    pub need: &'static str,
    pub description: &'static str,
    pub indicator: &'static str,
    pub priorities: [&'static str; 2],
    pub interventions: [&'static str; 4],
    pub projects: [&'static str; 3],
}

pub const TOPICS: [Topic; 10] = [
    Topic {
        key: "school_and_literacy",
        name: "scuola e alfabetizzazione",
        need: "Insufficiente padronanza dell'italiano tra adulti e alunni neoarrivati",
        description: "I corsi di italiano L2 non coprono la domanda nelle fasce serali e nei comuni minori; \
            cresce la quota di alunni inseriti ad anno scolastico iniziato.",
        indicator: "Alunni con cittadinanza non italiana in ritardo scolastico (%)",
        priorities: ["Ampliare l'offerta di italiano L2", "Contrastare la dispersione scolastica"],
        interventions: [
            "Corsi di italiano L2 con servizio di custodia dei bambini",
            "Laboratori linguistici pomeridiani nelle scuole",
            "Mediazione interculturale nelle iscrizioni e negli scrutini",
            "Sportello di orientamento per famiglie neoarrivate",
        ],
        projects: ["Parole in comune", "Scuola aperta a tutti", "Imparare insieme"],
    },
    Topic {
        key: "health",
        name: "salute",
        need: "Difficile accesso ai servizi sanitari territoriali",
        description: "Barriere linguistiche e amministrative ritardano l'iscrizione al servizio sanitario e la \
            presa in carico; basso il ricorso agli screening e ai consultori.",
        indicator: "Donne straniere che aderiscono agli screening (%)",
        priorities: ["Facilitare l'accesso ai servizi sanitari", "Promuovere la prevenzione"],
        interventions: [
            "Mediazione linguistica nei consultori e nei pronto soccorso",
            "Unità mobile per la prevenzione negli insediamenti informali",
            "Formazione del personale sanitario sull'approccio interculturale",
            "Guida plurilingue ai servizi sanitari",
        ],
        projects: ["Salute senza barriere", "Curarsi vicino", "Prevenzione in movimento"],
    },
    Topic {
        key: "housing_and_mobility",
        name: "casa e mobilità",
        need: "Precarietà abitativa all'uscita dall'accoglienza",
        description: "Chi lascia i centri fatica a trovare un alloggio per la diffidenza dei locatori e i costi; \
            i luoghi di lavoro sono spesso lontani dal trasporto pubblico.",
        indicator: "Nuclei usciti dall'accoglienza senza soluzione alloggiativa stabile",
        priorities: ["Favorire l'autonomia abitativa", "Avvicinare casa e lavoro"],
        interventions: [
            "Agenzia sociale per la casa con fondo di garanzia",
            "Accompagnamento all'autonomia nei sei mesi dopo l'accoglienza",
            "Navetta per i lavoratori delle aree agricole",
            "Patti di buon vicinato nei condomini",
        ],
        projects: ["Abitare il territorio", "Chiavi di casa", "Verso l'autonomia"],
    },
    Topic {
        key: "work",
        name: "lavoro",
        need: "Disallineamento tra competenze dei migranti e domanda delle imprese",
        description: "Titoli e competenze restano senza riconoscimento; l'inserimento avviene in pochi settori, con \
            contratti brevi e scarsa partecipazione femminile.",
        indicator: "Tasso di occupazione delle donne di Paesi terzi (%)",
        priorities: ["Riconoscere e sviluppare le competenze", "Sostenere l'occupazione femminile"],
        interventions: [
            "Bilancio di competenze e tirocini nelle imprese del territorio",
            "Formazione professionale con qualifica nei settori in carenza",
            "Sportello lavoro presso i centri per l'impiego",
            "Percorsi di autoimprenditorialità",
        ],
        projects: ["Competenze al lavoro", "Impresa possibile", "Donne al lavoro"],
    },
    Topic {
        key: "labour_exploitation",
        name: "contrasto al caporalato",
        need: "Sfruttamento lavorativo in agricoltura, logistica ed edilizia",
        description: "Persistono intermediazione illecita, alloggi di fortuna e trasporto irregolare nelle stagioni \
            di raccolta; poche le denunce per timore di perdere il permesso di soggiorno.",
        indicator: "Lavoratori emersi da situazioni di sfruttamento, presi in carico",
        priorities: ["Far emergere lo sfruttamento", "Offrire alternative legali di lavoro e alloggio"],
        interventions: [
            "Presidi mobili di ascolto e tutela legale nei campi",
            "Liste di prenotazione presso la rete del lavoro agricolo di qualità",
            "Accoglienza temporanea dei lavoratori stagionali",
            "Protocollo operativo tra ispettorato, enti locali e parti sociali",
        ],
        projects: ["Lavoro giusto", "Campi liberi", "Stagioni legali"],
    },
    Topic {
        key: "violence_against_women",
        name: "violenza di genere e tratta",
        need: "Scarsa emersione della violenza sulle donne migranti",
        description: "Isolamento, dipendenza economica e mancata conoscenza dei servizi frenano la richiesta di aiuto; \
            i centri antiviolenza mancano di mediatrici formate.",
        indicator: "Donne straniere seguite dai centri antiviolenza",
        priorities: ["Rafforzare la rete antiviolenza", "Riconoscere e proteggere le vittime di tratta"],
        interventions: [
            "Mediatrici culturali nei centri antiviolenza",
            "Formazione congiunta degli operatori sull'identificazione precoce",
            "Gruppi di auto-aiuto e alfabetizzazione per donne",
            "Procedura condivisa di segnalazione e presa in carico",
        ],
        projects: ["Mai più sole", "Fili di libertà", "Rete rosa"],
    },
    Topic {
        key: "mental_health",
        name: "salute mentale",
        need: "Disagio psichico non riconosciuto tra richiedenti asilo e rifugiati",
        description: "I traumi del viaggio e l'attesa prolungata generano disagio; i servizi di salute mentale non \
            dispongono di competenze etnopsichiatriche diffuse.",
        indicator: "Richiedenti asilo in carico ai dipartimenti di salute mentale",
        priorities: ["Intercettare precocemente il disagio", "Costruire percorsi di cura integrati"],
        interventions: [
            "Équipe multidisciplinare di etnopsichiatria",
            "Supervisione psicologica per gli operatori dell'accoglienza",
            "Protocollo per la presa in carico delle vulnerabilità",
            "Laboratori espressivi e sportivi",
        ],
        projects: ["Menti in ascolto", "Radici e cura", "Oltre il viaggio"],
    },
    Topic {
        key: "unaccompanied_minors",
        name: "minori stranieri non accompagnati",
        need: "Fragilità dei minori stranieri non accompagnati prossimi alla maggiore età",
        description: "Al compimento dei diciotto anni si interrompono i sostegni; i tutori volontari sono pochi e \
            l'affido familiare resta marginale.",
        indicator: "Minori stranieri non accompagnati con tutore volontario (%)",
        priorities: ["Accompagnare alla maggiore età", "Promuovere tutela volontaria e affido"],
        interventions: [
            "Formazione e sostegno dei tutori volontari",
            "Percorsi di semiautonomia per neomaggiorenni",
            "Campagna per l'affido familiare",
            "Orientamento alla formazione professionale dei minori",
        ],
        projects: ["Crescere qui", "Diciotto e oltre", "Tutori in rete"],
    },
    Topic {
        key: "civic_training_and_services",
        name: "formazione civica e accesso ai servizi",
        need: "Frammentazione degli sportelli e scarsa informazione sui diritti",
        description: "Le procedure di soggiorno, cittadinanza e residenza richiedono più accessi a uffici diversi; \
            le informazioni non sono coordinate né disponibili nelle lingue più parlate.",
        indicator: "Giorni medi di attesa per un appuntamento allo sportello",
        priorities: ["Coordinare gli sportelli", "Semplificare e informare"],
        interventions: [
            "Sportello unico integrato tra prefettura, questura e comuni",
            "Formazione degli operatori pubblici sul diritto dell'immigrazione",
            "Corsi di educazione civica con le associazioni",
            "Portale informativo plurilingue del territorio",
        ],
        projects: ["Sportello amico", "Cittadini informati", "Uffici in rete"],
    },
    Topic {
        key: "participation_and_equality",
        name: "partecipazione e contrasto alle discriminazioni",
        need: "Debole partecipazione delle comunità straniere alla vita pubblica",
        description: "Le associazioni di stranieri hanno poche risorse e rari luoghi di confronto con le istituzioni; \
            episodi di discriminazione nell'accesso a casa e lavoro restano senza risposta.",
        indicator: "Associazioni di stranieri coinvolte nei tavoli territoriali",
        priorities: ["Sostenere l'associazionismo", "Prevenire le discriminazioni"],
        interventions: [
            "Percorso di rafforzamento delle associazioni di stranieri",
            "Antenne territoriali contro le discriminazioni",
            "Laboratori di cittadinanza per le seconde generazioni",
            "Eventi sportivi e culturali di quartiere",
        ],
        projects: ["Voci della città", "Nuovi cittadini", "Insieme si decide"],
    },
];
