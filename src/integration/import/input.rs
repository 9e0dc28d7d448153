//! Reads a file as rows of text, whatever encoding, line ends and delimiter it has, in constant memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::Context as _;
use aws_lc_rs::digest;
use csv::StringRecord;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::broken_file;

/// Delimiters that a header may be divided by.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// A row longer than this has lost a quote.
const LONGEST_ROW: usize = 1 << 20;
/// Stands behind the last row; when it comes out as part of one, that row's quote was never closed.
const END: &str = "\n\u{1e}\n";

/// What a first reading of the whole file shows.
pub struct Inspected {
    /// SHA-256 in hexadecimal.
    pub checksum: String,
    pub bytes: u64,
    pub encoding: &'static Encoding,
}

impl Inspected {
    /// A text that is no UTF-8 is taken for Windows-1252, of which Latin-1's letters are a part.
    pub fn of(path: &Path) -> anyhow::Result<Self> {
        let mut file = File::open(path).with_context(|| path.display().to_string())?;
        let mut checksum = digest::Context::new(&digest::SHA256);
        let mut buffer = vec![0; 1 << 16];
        let (mut bytes, mut is_utf8, mut has_nul) = (0, true, false);
        let mut marked = None;
        // Bytes of a character that the last chunk cut in two.
        let mut kept = 0;
        loop {
            let read = file.read(&mut buffer[kept..]).with_context(|| path.display().to_string())?;
            if read == 0 {
                break;
            }
            let chunk = &buffer[..kept + read];
            checksum.update(&chunk[kept..]);
            if bytes == 0 {
                marked = Encoding::for_bom(chunk).map(|(encoding, _)| encoding);
            }
            bytes += read as u64;
            has_nul |= chunk[kept..].contains(&0);
            kept = 0;
            if is_utf8 && let Err(error) = std::str::from_utf8(chunk) {
                is_utf8 = error.error_len().is_none();
                let cut = error.valid_up_to()..chunk.len();
                if is_utf8 {
                    kept = cut.len();
                    buffer.copy_within(cut, 0);
                }
            }
        }
        let encoding = match marked {
            Some(utf_16) if utf_16 == UTF_16LE || utf_16 == UTF_16BE => utf_16,
            _ if is_utf8 && kept == 0 => UTF_8,
            _ => WINDOWS_1252,
        };
        if bytes == 0 {
            return Err(broken_file("Il file è vuoto.", "The file is empty."));
        }
        if has_nul && (encoding == UTF_8 || encoding == WINDOWS_1252) {
            return Err(broken_file(
                "Il file non è un testo: esportarlo come CSV.",
                "The file is no text: export it as CSV.",
            ));
        }
        let checksum = checksum.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { checksum, bytes, encoding })
    }
}

/// The rows of a file below its header.
pub struct Rows {
    reader: csv::Reader<Text>,
    pub header: StringRecord,
    pub delimiter: u8,
}

impl Rows {
    /// Of the possible delimiters the one serves that divides the header into the most columns that are `known`.
    pub fn open(path: &Path, encoding: &'static Encoding, known: impl Fn(&str) -> bool) -> anyhow::Result<Self> {
        let mut best: Option<((usize, usize), Self)> = None;
        for delimiter in DELIMITERS {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .from_reader(Text::open(path, encoding)?);
            let mut header = StringRecord::new();
            reader.read_record(&mut header).map_err(mended)?;
            header.trim();
            if header.iter().any(|name| name.contains('\u{1e}')) {
                continue;
            }
            let score = (header.iter().filter(|name| known(name)).count(), header.len());
            if best.as_ref().is_none_or(|(other, _)| score > *other) {
                best = Some((score, Self { reader, header, delimiter }));
            }
        }
        let rows = best.map(|(_, rows)| rows);
        rows.ok_or_else(|| broken_file("Il file non ha un'intestazione.", "The file has no header."))
    }

    /// Reads the next row; answers with the line that it starts in.
    pub fn read(&mut self, row: &mut StringRecord) -> anyhow::Result<Option<u64>> {
        self.reader.get_mut().since_row = 0;
        if !self.reader.read_record(row).map_err(mended)? {
            return Ok(None);
        }
        // The reader counts from where it stood before: blank lines would come before the row.
        let inside = row.as_slice().matches('\n').count() as u64;
        let line = self.reader.position().line() - 1 - inside;
        if row.len() == 1 && row[0] == END[1..2] {
            return Ok(None);
        }
        if row.iter().next_back().is_some_and(|cell| cell.ends_with(END)) {
            let line = line + 1;
            return Err(broken_file(
                format!("Una virgoletta aperta nella riga {line} non viene chiusa."),
                format!("A quote that is opened in line {line} is never closed."),
            ));
        }
        Ok(Some(line))
    }

    /// Bytes of text read so far.
    pub fn position(&self) -> u64 {
        self.reader.position().byte()
    }
}

fn mended(error: csv::Error) -> anyhow::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => broken_file(
            "Una riga supera 1 MB: forse una virgoletta non viene chiusa.",
            "A row is longer than 1 MB: perhaps a quote is never closed.",
        ),
        csv::ErrorKind::Io(error) => error.into(),
        kind => anyhow::anyhow!("{kind:?}"),
    }
}

/// The file's text as UTF-8 whose lines end in `\n`, with [`END`] behind it.
struct Text {
    decoded: DecodeReaderBytes<File, Vec<u8>>,
    after_return: bool,
    rest: &'static [u8],
    /// Bytes handed out since the row began, as far as the reader's buffer lets us know.
    since_row: usize,
}

impl Text {
    fn open(path: &Path, encoding: &'static Encoding) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        let decoded = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).strip_bom(true).build(file);
        Ok(Self { decoded, after_return: false, rest: END.as_bytes(), since_row: 0 })
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_row > LONGEST_ROW {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        loop {
            let read = self.decoded.read(buffer)?;
            if read == 0 {
                return self.rest.read(buffer);
            }
            let mut written = 0;
            for place in 0..read {
                let byte = buffer[place];
                if !(byte == b'\n' && self.after_return) {
                    buffer[written] = if byte == b'\r' { b'\n' } else { byte };
                    written += 1;
                }
                self.after_return = byte == b'\r';
            }
            if written > 0 {
                self.since_row += written;
                return Ok(written);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line and the cells of a row.
    type Found = (u64, Vec<String>);

    /// The rows, and the delimiter.
    fn rows(content: &[u8]) -> anyhow::Result<(Vec<Found>, u8)> {
        let mut file = tempfile::NamedTempFile::new()?;
        io::Write::write_all(&mut file, content)?;
        let inspected = Inspected::of(file.path())?;
        let mut rows = Rows::open(file.path(), inspected.encoding, |name| ["name", "city"].contains(&name))?;
        let (mut found, mut row) = (Vec::new(), StringRecord::new());
        while let Some(line) = rows.read(&mut row)? {
            found.push((line, row.iter().map(String::from).collect()));
        }
        Ok((found, rows.delimiter))
    }

    #[test]
    fn encodings_line_ends_and_delimiters_make_no_difference() {
        let expected = [(2, vec!["Agliè".to_owned(), "a\nb".into()]), (5, vec!["x".into(), "y".into()])];
        let text = "name,city\nAgliè,\"a\nb\"\n\nx,y\n";
        for line_end in ["\n", "\r\n", "\r"] {
            for (delimiter, byte) in [(",", b','), (";", b';'), ("\t", b'\t')] {
                let text = text.replace(',', delimiter).replace('\n', line_end);
                let latin = WINDOWS_1252.encode(&text).0.into_owned();
                let wide = text.encode_utf16().flat_map(u16::to_le_bytes);
                for content in [
                    text.clone().into_bytes(),
                    format!("\u{feff}{text}").into_bytes(),
                    text.trim_end().as_bytes().to_vec(),
                    latin,
                    [0xff, 0xfe].into_iter().chain(wide).collect(),
                ] {
                    let (found, delimiter) = rows(&content).unwrap();
                    assert_eq!((&found[..], delimiter), (&expected[..], byte), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn a_character_cut_by_the_buffers_end_is_still_utf_8() {
        let long = format!("name,city\n{}\n", "è,ò\n".repeat(40_000));
        for shift in 0..3 {
            let (found, _) = rows(format!("{}{long}", " ".repeat(shift)).as_bytes()).unwrap();
            assert_eq!((found.len(), &found[39_999].1[1][..]), (40_000, "ò"));
        }
        let cut = "name,city\nx,è".as_bytes().split_last().unwrap().1;
        assert_eq!(rows(cut).unwrap().0[0].1[1], "Ã", "an incomplete character at the very end is no UTF-8");
    }

    #[test]
    fn broken_files_are_told_apart() {
        let endless = format!("name,city\n1,\"{}\n", "x".repeat(3 * LONGEST_ROW));
        for (content, said) in [
            (&b""[..], "vuoto"),
            (b"\n\n", "intestazione"),
            (b"PK\x03\x04\0\0", "non è un testo"),
            (b"name,city\n1,2\n3,\"4\n5,6\n", "riga 3 non viene chiusa"),
            (endless.as_bytes(), "supera 1 MB"),
        ] {
            let error = rows(content).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert!(rows(b"name,city\n").unwrap().0.is_empty());
    }
}
