use async_graphql::parser::types::{
    ConstDirective, FieldDefinition, Selection, SelectionSet, ServiceDocument, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Pos, Positioned};

use super::hub::{HubType, bare, normal, text};
use super::reading::selection;
use super::{CONTRACTS, Finding, HubSchema, Partner, Rule};

/// Directives that a partner may use on what is its own.
pub(super) const OWN: [&str; 8] =
    ["key", "external", "requires", "shareable", "tag", "extends", "deprecated", "specifiedBy"];
/// Directives that it may use where it names what is the hub's.
const ON_HUB: [&str; 3] = ["key", "external", "extends"];
/// Goes through a partner's schema and notes what breaks a rule.
pub struct Walk<'a> {
    hub: &'a HubSchema,
    partner: &'a Partner<'a>,
    field_prefix: String,
    type_prefix: String,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    pub fn new(hub: &'a HubSchema, partner: &'a Partner<'a>) -> Self {
        let (field_prefix, type_prefix) = (partner.field_prefix(), partner.type_prefix());
        Self { hub, partner, field_prefix, type_prefix, findings: Vec::new() }
    }

    pub fn go(mut self, document: &ServiceDocument) -> Vec<Finding> {
        for definition in &document.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => self.schema(&schema.node),
                TypeSystemDefinition::Type(found) => self.type_definition(&found.node),
                TypeSystemDefinition::Directive(directive) => {
                    let name = directive.node.name.node.as_str();
                    // Some tools print the specification's own definitions with the schema.
                    if !OWN.contains(&bare(name)) && name != "link" {
                        self.refuse_directive(directive.node.name.pos, name);
                    }
                }
            }
        }
        self.findings
    }

    pub(super) fn note(
        &mut self,
        rule: Rule,
        at: Pos,
        subject: impl Into<String>,
        it: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.findings.push(Finding::new(rule, at, subject, it, en));
    }

    pub(super) fn refuse_directive(&mut self, at: Pos, name: &str) {
        self.note(
            Rule::DirectiveRefused,
            at,
            format!("@{name}"),
            format!("@{name} non è ammessa per i partner: toglierla. Sono ammesse: {}.", OWN.join(", ")),
            format!("@{name} is not for partners: remove it. These are: {}.", OWN.join(", ")),
        );
    }

    fn type_definition(&mut self, found: &TypeDefinition) {
        let (name, at) = (found.name.node.as_str(), found.name.pos);
        match name {
            "Query" => return self.query(found),
            "Mutation" | "Subscription" => {
                return self.note(
                    Rule::RootRefused,
                    at,
                    name,
                    "I partner rispondono per ora soltanto a query: togliere il tipo.",
                    "Partners answer queries alone, for now: remove the type.",
                );
            }
            _ => {}
        }
        match self.hub.get(name) {
            _ if is_specifications(found) => {}
            Some(hubs) if hubs.is_scalar && matches!(found.kind, TypeKind::Scalar) => {
                found.directives.iter().for_each(|directive| self.marked(directive, name));
            }
            Some(hubs) if !hubs.keys.is_empty() && matches!(found.kind, TypeKind::Object(_)) => {
                self.hub_type(found, hubs);
            }
            Some(_) => self.note(
                Rule::TypeShadowed,
                at,
                name,
                format!("{name} è un tipo del hub e non un'entità: usare un tipo proprio, {}….", self.type_prefix),
                format!("{name} is a type of the hub's and no entity: use one of your own, {}….", self.type_prefix),
            ),
            None => self.own_type(found),
        }
    }

    fn query(&mut self, found: &TypeDefinition) {
        let TypeKind::Object(object) = &found.kind else { return };
        self.described(&found.description, "Query");
        // A tag here would be one at every field of the hub's.
        let marks = found.directives.iter().filter(|it| bare(&it.node.name.node) != "extends");
        marks.for_each(|directive| self.marked(directive, "Query"));
        for field in &object.fields {
            self.own_field("Query", &field.node, true);
        }
    }

    /// What a partner says of one of the hub's entities.
    fn hub_type(&mut self, found: &TypeDefinition, hubs: &HubType) {
        let TypeKind::Object(object) = &found.kind else { return };
        let name = found.name.node.as_str();
        self.described(&found.description, name);
        if let Some(interface) = object.implements.first() {
            self.note(
                Rule::HubMarked,
                interface.pos,
                name,
                format!("{name} è del hub: togliere implements."),
                format!("{name} is the hub's: remove implements."),
            );
        }
        let mut keyed = Vec::new();
        for directive in &found.directives {
            let directive_name = bare(&directive.node.name.node);
            if !ON_HUB.contains(&directive_name) {
                self.marked(directive, name);
            }
            if directive_name == "key" {
                let fields = normal(text(directive, "fields").unwrap_or_default());
                if !hubs.keys.contains(&fields) {
                    let known = hubs.keys.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(", ");
                    self.note(
                        Rule::KeyUnknown,
                        directive.pos,
                        format!("{name} @key(fields: \"{fields}\")"),
                        format!("{name} si riconosce da {known}."),
                        format!("{name} is known by {known}."),
                    );
                }
                keyed.extend(fields.split(' ').map(str::to_owned).collect::<Vec<_>>());
            }
        }
        for field in &object.fields {
            let (field_name, at) = (field.node.name.node.as_str(), field.node.name.pos);
            let Some(hubs_type) = hubs.fields.get(field_name) else {
                self.own_field(name, &field.node, true);
                continue;
            };
            let coordinate = format!("{name}.{field_name}");
            let is_external = field.node.directives.iter().any(|it| bare(&it.node.name.node) == "external");
            if !is_external && !keyed.iter().any(|key| key == field_name) {
                self.note(
                    Rule::FieldShadowed,
                    at,
                    coordinate.as_str(),
                    format!("{coordinate} è del hub: segnarlo @external o darsi un campo {}….", self.field_prefix),
                    format!("{coordinate} is the hub's: mark it @external, or have a field {}….", self.field_prefix),
                );
            }
            if field.node.ty.node.to_string() != *hubs_type || !field.node.arguments.is_empty() {
                self.note(
                    Rule::FieldChanged,
                    field.node.ty.pos,
                    coordinate.as_str(),
                    format!("{coordinate} è nel hub di tipo {hubs_type}: scriverlo così, senza argomenti."),
                    format!("{coordinate} is of type {hubs_type} in the hub: write it so, without arguments."),
                );
            }
            for directive in &field.node.directives {
                if bare(&directive.node.name.node) != "external" {
                    self.marked(directive, &coordinate);
                }
            }
            self.described(&field.node.description, &coordinate);
            self.sent(at, &coordinate);
        }
    }

    fn described(&mut self, description: &Option<Positioned<String>>, subject: &str) {
        if let Some(text) = description {
            self.note(
                Rule::HubMarked,
                text.pos,
                subject,
                format!("{subject} è del hub, che lo descrive: togliere la descrizione."),
                format!("{subject} is the hub's, which describes it: remove the description."),
            );
        }
    }

    fn marked(&mut self, directive: &Positioned<ConstDirective>, subject: &str) {
        let name = directive.node.name.node.as_str();
        if !OWN.contains(&bare(name)) {
            return self.refuse_directive(directive.pos, name);
        }
        self.note(
            Rule::HubMarked,
            directive.pos,
            subject,
            format!("{subject} è del hub: togliere @{name}."),
            format!("{subject} is the hub's: remove @{name}."),
        );
    }

    /// Notes a field of the hub's that would be sent, if the terms do not name it. Global ids tell nothing.
    fn sent(&mut self, at: Pos, coordinate: &str) {
        if coordinate.ends_with(".id") || self.partner.terms.contains(coordinate) {
            return;
        }
        self.note(
            Rule::OutsideTerms,
            at,
            coordinate,
            format!("{coordinate} non è tra i dati che le condizioni di scambio lasciano inviare: togliere il campo o chiedere nuove condizioni."),
            format!("{coordinate} is not among the data that the terms let be sent: remove the field, or ask for other terms."),
        );
    }

    fn own_type(&mut self, found: &TypeDefinition) {
        let (name, at) = (found.name.node.as_str(), found.name.pos);
        if !begins(name, &self.type_prefix) {
            self.note(
                Rule::TypePrefix,
                at,
                name,
                format!("I tipi propri iniziano con {}.", self.type_prefix),
                format!("Types of your own begin with {}.", self.type_prefix),
            );
        }
        self.directives(&found.directives);
        let fields = match &found.kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            TypeKind::Enum(found) => {
                found.values.iter().for_each(|value| self.directives(&value.node.directives));
                return;
            }
            TypeKind::InputObject(input) => {
                input.fields.iter().for_each(|field| self.directives(&field.node.directives));
                return;
            }
            TypeKind::Scalar | TypeKind::Union(_) => return,
        };
        for field in fields {
            self.own_field(name, &field.node, false);
        }
    }

    /// A field of the partner's own, on a type of its own or of another's.
    fn own_field(&mut self, on: &str, field: &FieldDefinition, is_on_others: bool) {
        let (name, at) = (field.name.node.as_str(), field.name.pos);
        if on == "Query" && matches!(name, "_entities" | "_service") {
            return;
        }
        let coordinate = format!("{on}.{name}");
        if is_on_others && !begins(name, &self.field_prefix) {
            self.note(
                Rule::FieldPrefix,
                at,
                coordinate.as_str(),
                format!("Il campo inizia con {}: {}.", self.field_prefix, prefixed(&self.field_prefix, name)),
                format!("The field begins with {}: {}.", self.field_prefix, prefixed(&self.field_prefix, name)),
            );
        }
        if is_on_others && !field.ty.node.nullable {
            self.note(
                Rule::FieldNotNullable,
                field.ty.pos,
                coordinate.as_str(),
                "Il servizio può non rispondere, e il resto della risposta deve restare: togliere il ! finale.",
                "The service may fail, and the rest of the answer must stand: remove the ! at the end.",
            );
        }
        self.directives(&field.directives);
        for directive in field.directives.iter().filter(|it| is_on_others && bare(&it.node.name.node) == "shareable") {
            self.refuse_directive(directive.pos, directive.node.name.node.as_str());
        }
        for argument in &field.arguments {
            self.directives(&argument.node.directives);
        }
        for directive in field.directives.iter().filter(|it| bare(&it.node.name.node) == "requires") {
            let fields = text(directive, "fields").unwrap_or_default();
            match selection(fields) {
                Some(selected) => self.required(directive.pos, on, &selected),
                None => self.note(
                    Rule::SelectionUnreadable,
                    directive.pos,
                    coordinate.as_str(),
                    format!("La selezione «{fields}» non si legge."),
                    format!("The selection \"{fields}\" cannot be read."),
                ),
            }
        }
    }

    /// What a field needs of the hub's data.
    fn required(&mut self, at: Pos, on: &str, selected: &SelectionSet) {
        for selection in &selected.items {
            let Selection::Field(field) = &selection.node else {
                self.note(
                    Rule::SelectionUnreadable,
                    at,
                    on,
                    "Nella selezione sono ammessi soltanto campi, senza frammenti.",
                    "A selection has fields alone, no fragments.",
                );
                continue;
            };
            let name = field.node.name.node.as_str();
            let Some(ty) = self.hub.get(on).and_then(|hubs| hubs.fields.get(name)) else { continue };
            let inner = ty.trim_matches(['[', ']', '!']).to_owned();
            self.sent(at, &format!("{on}.{name}"));
            self.required(at, &inner, &field.node.selection_set.node);
        }
    }

    /// Directives on what is the partner's own.
    fn directives(&mut self, directives: &[Positioned<ConstDirective>]) {
        for directive in directives {
            let name = directive.node.name.node.as_str();
            if !OWN.contains(&bare(name)) {
                self.refuse_directive(directive.pos, name);
            }
            let tag = text(directive, "name").unwrap_or_default();
            if bare(name) == "tag" && !CONTRACTS.contains(&tag) {
                self.note(
                    Rule::TagUnknown,
                    directive.pos,
                    tag,
                    format!("Le etichette sono: {}.", CONTRACTS.join(", ")),
                    format!("The tags are: {}.", CONTRACTS.join(", ")),
                );
            }
        }
    }
}

/// Whether it is of the specification itself, whose types tools print with the others: what is composed has none of them.
fn is_specifications(found: &TypeDefinition) -> bool {
    let name = found.name.node.as_str();
    match found.kind {
        TypeKind::Scalar | TypeKind::Enum(_) => {
            matches!(name, "_Any" | "FieldSet") || name.starts_with("federation__") || name.starts_with("link__")
        }
        TypeKind::Union(_) => name == "_Entity",
        TypeKind::Object(_) => name == "_Service",
        _ => false,
    }
}

/// Whether a name is the prefix with something more, which begins with a capital or a digit.
fn begins(name: &str, prefix: &str) -> bool {
    let rest = name.strip_prefix(prefix);
    rest.and_then(|rest| rest.chars().next()).is_some_and(|next| next.is_ascii_uppercase() || next.is_ascii_digit())
}

fn prefixed(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", super::capitalised(name))
}
