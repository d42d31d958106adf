//! Where the bytes of an upload come from, and how they are cut into parts.

use std::fmt;
use std::path::PathBuf;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::error::{LocalError, TransferError};
use crate::payload::blocking;
use crate::{FileWatch, Fingerprint, Payload};

/// The bytes of an upload: a file, bytes in memory, or a reader.
pub struct Source(Kind);

enum Kind {
    File(PathBuf),
    Bytes(Bytes),
    Reader {
        reader: Box<dyn AsyncRead + Send + Sync + Unpin>,
        length: Option<u64>,
    },
}

impl Source {
    /// A file. It is read while it is sent, so parts cost no memory.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Kind::File(path.into()))
    }

    /// Bytes in memory; nothing is copied.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }

    /// A reader, to its end. Each part is in memory while it is sent.
    pub fn reader(reader: impl AsyncRead + Send + Sync + Unpin + 'static) -> Self {
        Self(Kind::Reader {
            reader: Box::new(reader),
            length: None,
        })
    }

    /// The next bytes of a reader, this many, which lets the part size follow. It is an error if it gives
    /// fewer.
    pub fn sized_reader(
        reader: impl AsyncRead + Send + Sync + Unpin + 'static,
        length_bytes: u64,
    ) -> Self {
        Self(Kind::Reader {
            reader: Box::new(reader),
            length: Some(length_bytes),
        })
    }

    /// What tells this source from another. Bytes are read for it, files are only looked at.
    ///
    /// # Errors
    ///
    /// When the file is not there or cannot be looked at.
    pub async fn fingerprint(&self) -> Result<Fingerprint, TransferError> {
        match &self.0 {
            Kind::File(path) => Fingerprint::of_file(path).await,
            Kind::Reader { length, .. } => Ok(Fingerprint::of_reader(*length)),
            Kind::Bytes(bytes) => {
                let bytes = bytes.clone();
                let hashed = blocking(move || Ok(Fingerprint::of_bytes(&bytes))).await;
                Ok(hashed.map_err(|error| LocalError::new("read", None, error))?)
            }
        }
    }

    /// Watches a file that is sent, which should keep the fingerprint that the upload began with.
    #[must_use]
    pub fn watch(&self, begun_with: &Fingerprint) -> FileWatch {
        FileWatch(match &self.0 {
            Kind::File(path) => Some((path.clone(), begun_with.clone())),
            Kind::Bytes(_) | Kind::Reader { .. } => None,
        })
    }

    /// The length in bytes; `None` for a reader that does not say.
    pub(crate) async fn length_bytes(&self) -> Result<Option<u64>, TransferError> {
        match &self.0 {
            Kind::File(path) => Ok(Fingerprint::of_file(path).await?.length_bytes()),
            Kind::Bytes(bytes) => Ok(Some(bytes.len() as u64)),
            Kind::Reader { length, .. } => Ok(*length),
        }
    }

    /// The whole source as one payload. A reader is read first: to its end, or as many bytes as were said.
    ///
    /// # Errors
    ///
    /// When the file is not there, or the reader fails or ends before the length that was said.
    pub async fn into_payload(self) -> Result<Payload, TransferError> {
        match self.0 {
            Kind::File(path) => Payload::file(path).await,
            Kind::Bytes(bytes) => Ok(Payload::bytes(bytes)),
            Kind::Reader { mut reader, length } => {
                let wanted = length.unwrap_or(u64::MAX);
                let bytes = read_part(&mut reader, wanted, length.is_some()).await?;
                Ok(Payload::bytes(bytes))
            }
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::File(path) => f.debug_tuple("File").field(path).finish(),
            Kind::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Kind::Reader { length, .. } => f.debug_tuple("Reader").field(length).finish(),
        }
    }
}

/// Cuts a source into parts of one size, the last of which may be smaller. An empty source is one part.
#[derive(Debug)]
pub(crate) struct Cutter {
    source: Source,
    part_bytes: u64,
    length: Option<u64>,
    start: u64,
    number: u32,
    ended: bool,
}

impl Cutter {
    pub(crate) fn new(source: Source, part_bytes: u64, length: Option<u64>) -> Self {
        Self {
            source,
            part_bytes: part_bytes.max(1),
            length,
            start: 0,
            number: 0,
            ended: false,
        }
    }

    /// The next part; `None` after the last one.
    pub(crate) async fn next(&mut self) -> Result<Option<(u32, Payload)>, TransferError> {
        if self.ended {
            return Ok(None);
        }
        let left = self.length.map(|length| length.saturating_sub(self.start));
        let wanted = left.map_or(self.part_bytes, |left| left.min(self.part_bytes));
        let payload = match &mut self.source.0 {
            Kind::File(path) => Payload::file_part(path.clone(), self.start, wanted),
            Kind::Bytes(bytes) => {
                let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
                Payload::bytes(bytes.split_to(wanted.min(bytes.len())))
            }
            Kind::Reader { reader, length } => {
                let bytes = read_part(reader, wanted, length.is_some()).await?;
                Payload::bytes(bytes)
            }
        };
        let length = payload.length_bytes();
        // A reader of unknown length ends with a part that is not full, which is empty if the one before
        // it happened to be full.
        self.ended = match left {
            Some(left) => left <= self.part_bytes,
            None => length < self.part_bytes,
        };
        if length == 0 && self.number > 0 {
            return Ok(None);
        }
        self.start = self.start.saturating_add(length);
        self.number = self.number.saturating_add(1);
        Ok(Some((self.number, payload)))
    }
}

/// Reads until a part is full or the reader ends, which is an error if the part `must_fill`.
async fn read_part(
    reader: &mut (dyn AsyncRead + Send + Sync + Unpin),
    wanted: u64,
    must_fill: bool,
) -> Result<Vec<u8>, LocalError> {
    // Grows as bytes come: a small upload through a reader takes little memory.
    let mut bytes = Vec::new();
    let mut part = reader.take(wanted);
    let read = part.read_to_end(&mut bytes).await;
    let read = read.and_then(|_| match must_fill && (bytes.len() as u64) < wanted {
        true => Err(std::io::ErrorKind::UnexpectedEof.into()),
        false => Ok(()),
    });
    read.map_err(|error| LocalError::new("read", None, error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lengths(source: Source, part_bytes: u64) -> Vec<(u32, u64)> {
        let length = source.length_bytes().await.unwrap();
        let mut cutter = Cutter::new(source, part_bytes, length);
        let mut parts = Vec::new();
        while let Some((number, payload)) = cutter.next().await.unwrap() {
            parts.push((number, payload.length_bytes()));
        }
        parts
    }

    #[tokio::test]
    async fn every_kind_of_source_is_cut_alike_and_nothing_is_one_empty_part() {
        let text: &[u8] = b"0123456789";
        for (length, part_bytes, expected) in [
            (0, 4, vec![(1, 0)]),
            (3, 4, vec![(1, 3)]),
            (4, 4, vec![(1, 4)]),
            (8, 4, vec![(1, 4), (2, 4)]),
            (10, 4, vec![(1, 4), (2, 4), (3, 2)]),
        ] {
            let bytes = text.get(..length).unwrap();
            let sized = Source::sized_reader(bytes, length as u64);
            for source in [Source::bytes(bytes), Source::reader(bytes), sized] {
                let said = format!("{source:?}");
                assert_eq!(lengths(source, part_bytes).await, expected, "{said}");
            }
        }
    }

    #[tokio::test]
    async fn a_reader_that_ends_before_the_length_it_promised_is_an_error() {
        let source = Source::sized_reader(&b"short"[..], 10);
        let mut cutter = Cutter::new(source, 4, Some(10));
        assert!(cutter.next().await.unwrap().is_some());
        let error = cutter.next().await.unwrap_err();
        let kind = error.io_error().map(std::io::Error::kind);
        assert_eq!(kind, Some(std::io::ErrorKind::UnexpectedEof));

        let whole = Source::sized_reader(&b"short"[..], 10).into_payload();
        let error = whole.await.unwrap_err();
        let kind = error.io_error().map(std::io::Error::kind);
        assert_eq!(kind, Some(std::io::ErrorKind::UnexpectedEof));
    }

    #[tokio::test]
    async fn no_more_of_a_reader_is_sent_than_was_said() {
        for (said, sent) in [(3, 3), (6, 6), (0, 0)] {
            let source = Source::sized_reader(&b"longer"[..], said);
            assert_eq!(source.into_payload().await.unwrap().length_bytes(), sent);
            let source = Source::sized_reader(&b"longer"[..], said);
            assert_eq!(lengths(source, 10).await, [(1, sent)]);
        }
        let whole = Source::reader(&b"longer"[..]).into_payload().await.unwrap();
        assert_eq!(whole.length_bytes(), 6);
    }
}
