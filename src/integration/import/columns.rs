//! What a file may hold: each kind of file is a table of columns.

use csv::StringRecord;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::broken_file;
use super::row::{Judge, Row};

/// Last column of a file of refused rows; ignored when such a file is imported.
pub const REASON: &str = "refused_because";

/// A kind of file.
pub struct Spec {
    /// Name on the command line.
    pub name: &'static str,
    pub table: &'static str,
    /// Column of the table that identifies a row.
    pub id: &'static str,
    pub columns: &'static [Column],
    pub match_by: MatchBy,
    /// Fields beside those of the columns that hooks read or set.
    pub more_fields: &'static [&'static str],
    /// Whether the table says where a row comes from (`source`, `is_synthetic`, `version`, `updated_at`).
    pub has_provenance: bool,
    /// Gives a new record what its row leaves out.
    pub complete: fn(&mut Row),
    /// Holds a row, together with what the record holds already, against the rules between columns.
    pub check: fn(&mut Judge),
}

/// What a row is recognised by.
pub enum MatchBy {
    /// Natural keys; each finds a record on its own, one at the least must be given.
    AnyOf(&'static [&'static str]),
    /// Fields that find it together.
    AllOf(&'static [&'static str]),
}

impl MatchBy {
    pub fn fields(&self) -> &'static [&'static str] {
        match self {
            Self::AnyOf(fields) | Self::AllOf(fields) => fields,
        }
    }

    /// The keys that values of the fields make, as texts; none where a field that is needed has no value.
    pub fn keys<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Vec<String> {
        match self {
            Self::AnyOf(fields) => {
                fields.iter().filter_map(|field| Some(format!("{field}={}", value(field)?))).collect()
            }
            Self::AllOf(fields) => {
                let values: Option<Vec<&str>> = fields.iter().map(|field| value(field)).collect();
                values.map(|values| values.join("\u{1f}")).into_iter().collect()
            }
        }
    }
}

impl Spec {
    /// Columns of the table that rows of this kind may set.
    pub fn fields(&self) -> Vec<&'static str> {
        let mut fields: Vec<&str> = self.columns.iter().flat_map(Column::sets).collect();
        fields.extend(self.more_fields);
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    fn find(&self, header: &str) -> Option<usize> {
        let folded = fold(header);
        self.columns
            .iter()
            .position(|column| folded == fold(column.name) || column.aliases.iter().any(|alias| folded == fold(alias)))
    }

    /// Whether a header's name is one of this kind's columns.
    pub fn knows(&self, header: &str) -> bool {
        self.find(header).is_some()
    }

    /// Finds this kind's columns in a header.
    pub fn layout(&'static self, header: &StringRecord) -> anyhow::Result<Layout> {
        let mut layout = Layout {
            spec: self,
            places: vec![None; self.columns.len()],
            headers: header.iter().map(String::from).collect(),
            ignored: Vec::new(),
            reason: None,
        };
        for (place, name) in header.iter().enumerate() {
            if name == REASON {
                layout.reason = Some(place);
                continue;
            }
            let Some(column) = self.find(name) else {
                layout.ignored.extend((!name.is_empty()).then(|| name.to_owned()));
                continue;
            };
            if let Some(earlier) = layout.places[column].replace(place) {
                let (first, second) = (&header[earlier], name);
                return Err(broken_file(
                    format!("Le colonne \"{first}\" e \"{second}\" dicono la stessa cosa: toglierne una."),
                    format!("The columns \"{first}\" and \"{second}\" say the same thing: take one away."),
                ));
            }
        }
        let missing = self.missing(&layout.places);
        if !missing.is_empty() {
            let expected = self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
            let list = |or: &str| missing.iter().map(|names| names.join(or)).collect::<Vec<_>>().join(", ");
            return Err(broken_file(
                format!("Mancano le colonne: {}. Colonne di un file \"{}\": {expected}.", list(" o "), self.name),
                format!("Columns are missing: {}. Columns of a file of {}: {expected}.", list(" or "), self.name),
            ));
        }
        Ok(layout)
    }

    /// What a file with columns in these places lacks: columns of which one would do, each time.
    fn missing(&self, places: &[Option<usize>]) -> Vec<Vec<&'static str>> {
        let absent = |(column, place): (&'static Column, &Option<usize>)| place.is_none().then_some(column);
        let absent: Vec<&Column> = self.columns.iter().zip(places).filter_map(absent).collect();
        let required = absent.iter().filter(|column| column.is_required());
        let mut missing: Vec<_> = required.map(|column| vec![column.name]).collect();
        if let MatchBy::AnyOf(keys) = self.match_by {
            let is_key = |column: &&&Column| column.field.is_some_and(|field| keys.contains(&field));
            let absent_keys: Vec<_> = absent.iter().filter(is_key).collect();
            if absent_keys.len() == keys.len() && !absent_keys.iter().any(|column| column.is_required()) {
                missing.push(absent_keys.iter().map(|column| column.name).collect());
            }
        }
        missing
    }
}

/// Where a file has the columns of its kind.
pub struct Layout {
    pub spec: &'static Spec,
    /// For each column of the kind its place in the file.
    pub places: Vec<Option<usize>>,
    /// The file's own names.
    pub headers: Vec<String>,
    /// Columns of the file that the kind does not know.
    pub ignored: Vec<String>,
    /// Place of [`REASON`].
    pub reason: Option<usize>,
}

impl Layout {
    /// The file's columns in the kind's order, with their places.
    pub fn present(&self) -> impl Iterator<Item = (usize, &'static Column, usize)> {
        let columns = self.spec.columns.iter().zip(&self.places).enumerate();
        columns.filter_map(|(index, (column, place))| Some((index, column, (*place)?)))
    }

    /// What the file calls the column that sets a field.
    pub fn header_of(&self, field: &str) -> Option<&str> {
        let place = self.present().find(|(_, column, _)| column.field == Some(field))?.2;
        Some(&self.headers[place])
    }

    /// What the file calls one of the kind's columns.
    pub fn header(&self, name: &str) -> Option<&str> {
        let place = self.present().find(|(_, column, _)| column.name == name)?.2;
        Some(&self.headers[place])
    }

    /// What a row has in one of the kind's columns.
    pub fn cell<'r>(&self, name: &str, cells: &'r StringRecord) -> Option<&'r str> {
        let place = self.present().find(|(_, column, _)| column.name == name)?.2;
        cells.get(place)
    }

    /// Columns of the table that this file's rows may change.
    pub fn fields(&self) -> Vec<&'static str> {
        let mut fields: Vec<&str> = self.present().flat_map(|(_, column, _)| column.sets()).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }
}

/// A column that a file may have.
pub struct Column {
    pub name: &'static str,
    /// Other names that a file may give it.
    pub aliases: &'static [&'static str],
    /// Column of the table that it sets; none for a list or a help to another column.
    pub field: Option<&'static str>,
    pub form: Form,
    pub empty: Empty,
}

/// What an empty cell means.
pub enum Empty {
    /// The row is refused.
    Refused,
    /// The record keeps what it has; a new one gets the default.
    Kept,
    /// Nothing: what the record has is taken away.
    Nothing,
}

impl Column {
    pub const fn new(name: &'static str, aliases: &'static [&'static str], field: &'static str, form: Form) -> Self {
        Self { name, aliases, field: Some(field), form, empty: Empty::Nothing }
    }

    pub const fn list(name: &'static str, aliases: &'static [&'static str], list: List) -> Self {
        Self { name, aliases, field: None, form: Form::List(list), empty: Empty::Nothing }
    }

    /// The names that go with the bodies of another column.
    pub const fn names(name: &'static str) -> Self {
        Self { name, aliases: &[], field: None, form: Form::Names, empty: Empty::Nothing }
    }

    pub const fn required(mut self) -> Self {
        self.empty = Empty::Refused;
        self
    }

    pub const fn kept(mut self) -> Self {
        self.empty = Empty::Kept;
        self
    }

    /// Whether a file must have it.
    pub fn is_required(&self) -> bool {
        matches!(self.empty, Empty::Refused)
    }

    /// Columns of the table that follow from its cell.
    pub fn sets(&self) -> impl Iterator<Item = &'static str> + use<> {
        let more: &[&str] = match self.form {
            Form::Owner => &["owner_number"],
            Form::Council => &["owner_number", "province_code"],
            Form::Municipality => &["province_code"],
            Form::ProgrammePath => &["parent_code", "label"],
            _ => &[],
        };
        self.field.into_iter().chain(more.iter().copied())
    }
}

/// What a cell holds.
pub enum Form {
    Text {
        longest: usize,
    },
    Cup,
    FiscalCode,
    VatNumber,
    IpaCode,
    RuntsNumber,
    /// Code of an office, which must exist.
    OfficeCode,
    /// `2024-03-01`, `01/03/2024` or `20240301`.
    Date,
    /// Euro: `1234.56`, `1.234,56`.
    Amount,
    /// One of a set of values, each with other names for it.
    Choice(&'static [(&'static str, &'static [&'static str])]),
    Province,
    Municipality,
    /// A council: its province or its office's code.
    Council,
    /// Any natural key of an organisation.
    Body,
    /// The same; the organisation owns the record.
    Owner,
    /// Code of a programme's node.
    Programme,
    /// Code of a programme's node that the row describes: its parent is its beginning.
    ProgrammePath,
    /// Reference of a call.
    Call,
    List(List),
    Names,
}

/// A cell with several values: together they are what the record has of their kind.
pub struct List {
    pub table: &'static str,
    /// Column that names the record.
    pub parent: &'static str,
    /// Value of `role`, where one table holds several lists.
    pub role: Option<&'static str>,
    pub member: Member,
}

pub enum Member {
    /// An organisation by any natural key.
    Body,
    /// An organisation by fiscal code; unknown ones are added under the name that the column of this name gives.
    BodyOrNew {
        names: &'static str,
    },
    /// A province or municipality.
    Place,
    Contract,
}

impl List {
    /// Columns that identify a member below its record.
    pub fn key(&self) -> &'static [&'static str] {
        match self.member {
            Member::Body | Member::BodyOrNew { .. } => &["organisation_id"],
            Member::Place => &["province_code", "municipality_code"],
            Member::Contract => &["cig"],
        }
    }

    /// Whether members have an id, a source and a mark.
    pub fn has_provenance(&self) -> bool {
        !matches!(self.member, Member::Place)
    }
}

/// A name without regard to case, accents and what stands between its words.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.nfd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            folded.push(character);
        } else if !folded.is_empty() && !folded.ends_with('_') {
            folded.push('_');
        }
    }
    folded.truncate(folded.trim_end_matches('_').len());
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn names_are_compared_without_case_accents_and_separators() {
        for name in ["Visibilità", "VISIBILITA'", " visibilita "] {
            assert_eq!(fold(name), "visibilita");
        }
        assert_eq!(fold("Codice  fiscale (ente)"), "codice_fiscale_ente");
    }
}
