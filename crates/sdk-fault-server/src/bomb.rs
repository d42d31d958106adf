//! Small bodies that are large once they are unpacked.

use std::io::{self, Write as _};
use std::sync::LazyLock;

/// What a bomb unpacks to.
const BOMB_BYTES: usize = 8 << 20;

/// How an answer is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// The name in `content-encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// The bomb of this coding, packed once in a process.
    pub(crate) fn bomb(self) -> &'static [u8] {
        static BOMBS: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
            // Packing into memory cannot fail; an empty bomb would fail the test that throws it.
            [Coding::Gzip, Coding::Brotli, Coding::Zstd].map(|it| it.pack().unwrap_or_default())
        });
        let [gzip, brotli, zstd] = &*BOMBS;
        match self {
            Self::Gzip => gzip,
            Self::Brotli => brotli,
            Self::Zstd => zstd,
        }
    }

    fn pack(self) -> io::Result<Vec<u8>> {
        let spaces = vec![b' '; BOMB_BYTES];
        match self {
            Self::Gzip => {
                let mut encoder =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                encoder.write_all(&spaces)?;
                encoder.finish()
            }
            Self::Brotli => {
                let mut packed = Vec::new();
                let mut encoder = brotli::CompressorWriter::new(&mut packed, 4096, 5, 22);
                encoder.write_all(&spaces)?;
                drop(encoder);
                Ok(packed)
            }
            Self::Zstd => zstd::encode_all(spaces.as_slice(), 3),
        }
    }
}
