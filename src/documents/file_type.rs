//! What a file is, by its content: only what is listed here is taken in, and nothing that runs.

use std::io::{self, Read, Seek, SeekFrom};

use super::archive;
use crate::locale::Message;

/// What may be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    Pdf,
    Docx,
    Xlsx,
    Pptx,
    Odt,
    Ods,
    Odp,
    Png,
    Jpeg,
    Webp,
    Tiff,
    Csv,
    Text,
}

use FileType::*;

impl FileType {
    /// Media type, and the endings of names that claim it, the usual one first.
    const fn about(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Pdf => ("application/pdf", &["pdf"]),
            Docx => ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"]),
            Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
            Pptx => ("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"]),
            Odt => ("application/vnd.oasis.opendocument.text", &["odt"]),
            Ods => ("application/vnd.oasis.opendocument.spreadsheet", &["ods"]),
            Odp => ("application/vnd.oasis.opendocument.presentation", &["odp"]),
            Png => ("image/png", &["png"]),
            Jpeg => ("image/jpeg", &["jpg", "jpeg"]),
            Webp => ("image/webp", &["webp"]),
            Tiff => ("image/tiff", &["tif", "tiff"]),
            Csv => ("text/csv; charset=utf-8", &["csv"]),
            Text => ("text/plain; charset=utf-8", &["txt"]),
        }
    }

    pub const fn media_type(self) -> &'static str {
        self.about().0
    }

    pub const fn extensions(self) -> &'static [&'static str] {
        self.about().1
    }

    /// Whether browsers may show what is of this media type in place of storing it: what they show without running anything.
    pub fn shows_inline(media_type: &str) -> bool {
        [Pdf, Png, Jpeg].iter().any(|shown| shown.media_type() == media_type)
    }
}

/// Why a file is not taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeRefusal {
    /// Stable code.
    pub rule: &'static str,
    pub message: Message,
}

fn not_allowed() -> TypeRefusal {
    let message = Message::new(
        "Il contenuto del file non è tra i tipi ammessi: PDF, documenti Office o OpenDocument senza macro, immagini PNG, \
         JPEG, WebP o TIFF, testo o CSV in UTF-8.",
        "The file's content is none of the types allowed: PDF, Office or OpenDocument files without macros, PNG, JPEG, WebP \
         or TIFF images, text or CSV in UTF-8.",
    );
    TypeRefusal { rule: "FILE_TYPE_NOT_ALLOWED", message }
}

/// What a file is; its name must claim nothing else.
///
/// # Errors
/// The file cannot be read. `FILE_TYPE_NOT_ALLOWED`; `FILE_TYPE_MISMATCH`.
pub fn file_type(file: &mut (impl Read + Seek), name: &str) -> io::Result<Result<FileType, TypeRefusal>> {
    let claimed = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    let found = match found(file)? {
        Some(Text) if claimed.as_deref() == Some("csv") => Csv,
        Some(found) => found,
        None => return Ok(Err(not_allowed())),
    };
    let fits = claimed.as_deref().is_none_or(|claimed| found.extensions().contains(&claimed));
    if fits {
        return Ok(Ok(found));
    }
    let (claimed, usual) = (claimed.unwrap_or_default(), found.extensions()[0]);
    let message = Message::new(
        format!("Il nome del file finisce in «.{claimed}», ma il contenuto è «.{usual}»."),
        format!("The file's name ends in \".{claimed}\", but its content is \".{usual}\"."),
    );
    Ok(Err(TypeRefusal { rule: "FILE_TYPE_MISMATCH", message }))
}

fn found(file: &mut (impl Read + Seek)) -> io::Result<Option<FileType>> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    file.take(16).read_to_end(&mut head)?;
    Ok(match head.as_slice() {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(Pdf),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Png),
        [0xff, 0xd8, 0xff, ..] => Some(Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Webp),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Tiff),
        [b'P', b'K', 3, 4, ..] => office(file)?,
        _ => is_plain_text(file)?.then_some(Text),
    })
}

/// An Office or OpenDocument file without macros.
fn office(file: &mut (impl Read + Seek)) -> io::Result<Option<FileType>> {
    let Some(names) = archive::names(file)? else { return Ok(None) };
    let has = |name: &str| names.iter().any(|known| known == name);
    let has_in = |folder: &str| names.iter().any(|known| known.starts_with(folder));
    let runs = names.iter().any(|name| name.to_lowercase().ends_with("vbaproject.bin"));
    if runs || has_in("Basic/") || has_in("Scripts/") {
        return Ok(None);
    }
    if has("[Content_Types].xml") {
        let folders = [("word/", Docx), ("xl/", Xlsx), ("ppt/", Pptx)];
        return Ok(folders.into_iter().find(|(folder, _)| has_in(folder)).map(|(_, found)| found));
    }
    let kind = if has("META-INF/manifest.xml") { archive::first(file, "mimetype")? } else { None };
    Ok([Odt, Ods, Odp].into_iter().find(|known| kind.as_deref() == Some(known.media_type())))
}

/// UTF-8 without control characters, and neither markup nor a script.
fn is_plain_text(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let mut piece = vec![0; 64 * 1024];
    let (mut kept, mut is_begun) = (0, false);
    loop {
        let read = file.read(&mut piece[kept..])?;
        let length = kept + read;
        if read == 0 {
            // A character that was cut off at the end is none.
            return Ok(kept == 0 && is_begun);
        }
        let text = match std::str::from_utf8(&piece[..length]) {
            Ok(text) => text,
            Err(error) if error.error_len().is_some() => return Ok(false),
            Err(error) => std::str::from_utf8(&piece[..error.valid_up_to()]).unwrap_or_default(),
        };
        if text.chars().any(|letter| letter.is_control() && !"\t\n\r".contains(letter)) {
            return Ok(false);
        }
        let start = text.trim_start_matches('\u{feff}').trim_start();
        if !is_begun && (start.starts_with('<') || start.starts_with("#!")) {
            return Ok(false);
        }
        is_begun |= !start.is_empty();
        let valid = text.len();
        piece.copy_within(valid..length, 0);
        kept = length - valid;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// An archive of empty members, the first with this content.
    fn archive(names: &[&str], first: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut directory = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let content = if place == 0 { first } else { "" };
            let length = |text: &str, width: usize| text.len().to_le_bytes()[..width].to_vec();
            let offset = bytes.len().to_le_bytes()[..4].to_vec();
            bytes.extend([b"PK\x03\x04".to_vec(), vec![0; 14], length(content, 4), length(content, 4)].concat());
            bytes.extend([length(name, 2), vec![0; 2], name.as_bytes().to_vec(), content.as_bytes().to_vec()].concat());
            directory.extend([b"PK\x01\x02".to_vec(), vec![0; 24], length(name, 2), vec![0; 12]].concat());
            directory.extend([offset, name.as_bytes().to_vec()].concat());
        }
        let (size, offset) = (directory.len().to_le_bytes()[..4].to_vec(), bytes.len().to_le_bytes()[..4].to_vec());
        [bytes, directory, b"PK\x05\x06".to_vec(), vec![0; 8], size, offset, vec![0; 2]].concat()
    }

    fn told(content: &[u8], name: &str) -> Result<FileType, &'static str> {
        file_type(&mut Cursor::new(content), name).unwrap().map_err(|refusal| refusal.rule)
    }

    #[test]
    fn a_file_is_what_its_content_is_and_its_name_must_not_say_otherwise() {
        let docx = archive(&["[Content_Types].xml", "word/document.xml"], "");
        let odt = archive(&["mimetype", "META-INF/manifest.xml"], "application/vnd.oasis.opendocument.text");
        let long = "perché ".repeat(20_000);
        for (content, name, expected) in [
            (&b"%PDF-1.7 ..."[..], "atto.pdf", Ok(Pdf)),
            (b"%PDF-1.7 ...", "atto", Ok(Pdf)),
            (b"%PDF-1.7 ...", "atto.PDF", Ok(Pdf)),
            (b"%PDF-1.7 ...", "atto.docx", Err("FILE_TYPE_MISMATCH")),
            (b"%PDF-1.7 ...", "atto.pdf.exe", Err("FILE_TYPE_MISMATCH")),
            (b"MZ\x90\x00\x03", "atto.pdf", Err("FILE_TYPE_NOT_ALLOWED")),
            (b"\x7fELF\x02\x01", "atto.pdf", Err("FILE_TYPE_NOT_ALLOWED")),
            (b"<!DOCTYPE html><script>alert(1)</script>", "atto.pdf", Err("FILE_TYPE_NOT_ALLOWED")),
            (b"<html>", "atto.txt", Err("FILE_TYPE_NOT_ALLOWED")),
            (b"\xef\xbb\xbf \n<svg onload='x'/>", "atto.txt", Err("FILE_TYPE_NOT_ALLOWED")),
            (b"#!/bin/sh\nrm -rf /", "atto.txt", Err("FILE_TYPE_NOT_ALLOWED")),
            (b"\x89PNG\r\n\x1a\n....", "mappa.png", Ok(Png)),
            (b"\xff\xd8\xff\xe0....", "foto.jpeg", Ok(Jpeg)),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "foto.webp", Ok(Webp)),
            (b"II*\x00....", "scansione.tif", Ok(Tiff)),
            ("città;residenti\nBologna;390000\n".as_bytes(), "dati.csv", Ok(Csv)),
            ("città".as_bytes(), "note.txt", Ok(Text)),
            (long.as_bytes(), "note.txt", Ok(Text)),
            (b"citt\xe0", "note.txt", Err("FILE_TYPE_NOT_ALLOWED")),
            (b"a\x00b", "note.txt", Err("FILE_TYPE_NOT_ALLOWED")),
            ("citt\u{e0}".as_bytes().split_last().unwrap().1, "note.txt", Err("FILE_TYPE_NOT_ALLOWED")),
            (&docx, "verbale.docx", Ok(Docx)),
            (&docx, "verbale.xlsx", Err("FILE_TYPE_MISMATCH")),
            (&odt, "verbale.odt", Ok(Odt)),
            (&archive(&["[Content_Types].xml", "xl/workbook.xml"], ""), "bilancio.xlsx", Ok(Xlsx)),
            (
                &archive(&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"], ""),
                "bilancio.xlsx",
                Err("FILE_TYPE_NOT_ALLOWED"),
            ),
            (&archive(&["setup.exe"], ""), "verbale.docx", Err("FILE_TYPE_NOT_ALLOWED")),
            (&docx[..docx.len() - 30], "verbale.docx", Err("FILE_TYPE_NOT_ALLOWED")),
            (b"PK\x03\x04", "verbale.docx", Err("FILE_TYPE_NOT_ALLOWED")),
        ] {
            assert_eq!(
                told(content, name),
                expected,
                "{name}: {:?}",
                String::from_utf8_lossy(&content[..content.len().min(20)])
            );
        }
    }
}
