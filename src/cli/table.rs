//! Rows for people, in columns.

/// Prints rows below their headings, each column as wide as its longest cell.
pub(super) fn print<const COLUMNS: usize>(headings: [&str; COLUMNS], rows: &[[String; COLUMNS]]) {
    let headings = headings.map(str::to_owned);
    let lines: Vec<&[String; COLUMNS]> = std::iter::once(&headings).chain(rows).collect();
    let widest = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; COLUMNS] = std::array::from_fn(widest);
    for line in lines {
        let cells: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        println!("{}", cells.join("  ").trim_end());
    }
}
