use async_graphql::Pos;

use crate::locale::Message;
use crate::text_enum;

text_enum! {
    /// A rule that a partner's schema must keep [regola].
    pub enum Rule {
        /// The schema can be read [SDL non leggibile].
        SdlUnreadable = "sdl_unreadable",
        /// It is not larger than what may be handed in [SDL troppo grande].
        SdlTooLarge = "sdl_too_large",
        /// It is not nested deeper than what may be handed in [SDL troppo annidato].
        SdlTooDeep = "sdl_too_deep",
        /// The root types keep their names [tipi radice].
        RootRenamed = "root_renamed",
        /// Partners answer queries alone, for now [solo query].
        RootRefused = "root_refused",
        /// Only the specification of federation 2 is linked, up to the version that the hub knows [specifica].
        LinkUnknown = "link_unknown",
        /// What is imported from the specification keeps its name [importazioni].
        ImportRenamed = "import_renamed",
        /// Only directives that change nothing of what is another's [direttive].
        DirectiveRefused = "directive_refused",
        /// Only the tags of the contracts [etichette].
        TagUnknown = "tag_unknown",
        /// A partner's types bear its prefix [prefisso dei tipi].
        TypePrefix = "type_prefix",
        /// Fields that it adds to the hub's types, and its queries, bear its prefix [prefisso dei campi].
        FieldPrefix = "field_prefix",
        /// What it adds to what is another's may be null, for its service may fail [campi annullabili].
        FieldNotNullable = "field_not_nullable",
        /// A field of the hub's stays the hub's [campo del hub].
        FieldShadowed = "field_shadowed",
        /// What the hub's field is, is said as the hub says it [tipo del campo].
        FieldChanged = "field_changed",
        /// A type of the hub's that is no entity stays the hub's [tipo del hub].
        TypeShadowed = "type_shadowed",
        /// The hub's types and fields bear no marks of a partner's [marcature].
        HubMarked = "hub_marked",
        /// The hub's entities are known by the hub's keys [chiavi].
        KeyUnknown = "key_unknown",
        /// What is sent to the partner is in its terms [condizioni di scambio].
        OutsideTerms = "outside_terms",
        /// A selection of fields can be read [selezione].
        SelectionUnreadable = "selection_unreadable",
    }
}

/// One place where a schema breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: Rule,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
    /// What breaks it, e.g. `Project.title` or `@override`.
    pub subject: String,
    /// What is wrong and how to mend it.
    pub message: Message,
}

impl Finding {
    pub fn new(rule: Rule, at: Pos, subject: impl Into<String>, it: impl Into<String>, en: impl Into<String>) -> Self {
        let message = Message::new(it, en);
        Self { rule, line: at.line, column: at.column, subject: subject.into(), message }
    }
}
