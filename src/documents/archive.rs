//! What a ZIP archive holds, by its central directory (APPNOTE 4.3.12): Office files are such archives.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of a central directory at the most, and of what may stand after it.
const LARGEST: u64 = 4 * 1024 * 1024;
const LONGEST_END: u64 = 22 + 65_535;

/// Names of all members; `None` where it is no archive that can be read so.
pub fn names(file: &mut (impl Read + Seek)) -> io::Result<Option<Vec<String>>> {
    let length = file.seek(SeekFrom::End(0))?;
    let end_length = length.min(LONGEST_END);
    let end = read(file, length - end_length, end_length)?;
    let Some(at) = end.windows(4).rposition(|bytes| bytes == b"PK\x05\x06") else { return Ok(None) };
    let (Some(size), Some(offset)) = (number(&end, at + 12, 4), number(&end, at + 16, 4)) else { return Ok(None) };
    if size > LARGEST || offset + size > length {
        return Ok(None);
    }
    let directory = read(file, offset, size)?;
    let mut names = Vec::new();
    let mut at = 0;
    while at < directory.len() {
        let lengths = [28, 30, 32].map(|field| number(&directory, at + field, 2));
        let [Some(name), Some(extra), Some(comment)] = lengths else { return Ok(None) };
        let start = at + 46;
        let Some(bytes) = directory.get(start..start + name as usize) else { return Ok(None) };
        if &directory[at..at + 4] != b"PK\x01\x02" {
            return Ok(None);
        }
        names.push(String::from_utf8_lossy(bytes).into_owned());
        at = start + (name + extra + comment) as usize;
    }
    Ok(Some(names))
}

/// Content of the first member, where it is not compressed and bears this name; up to 200 bytes.
pub fn first(file: &mut (impl Read + Seek), name: &str) -> io::Result<Option<String>> {
    let header = read(file, 0, 30)?;
    let fields = [(8, 2), (18, 4), (26, 2), (28, 2)].map(|(at, width)| number(&header, at, width));
    let [Some(0), Some(size), Some(name_length), Some(extra)] = fields else { return Ok(None) };
    if size > 200 || read(file, 30, name_length)? != name.as_bytes() {
        return Ok(None);
    }
    Ok(String::from_utf8(read(file, 30 + name_length + extra, size)?).ok())
}

fn read(file: &mut (impl Read + Seek), from: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A number in little-endian bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    Some(bytes.get(at..at + width)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
