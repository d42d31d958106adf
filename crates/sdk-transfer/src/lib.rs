//! What a job needs that takes longer than a request: bytes to and from presigned URLs, waiting, and state
//! that survives a crash.
//!
//! A vendor hands out a link; [`Storage`] moves the bytes. The link's host sees no token, whatever
//! happens, and no error or log shows the link's query.
//!
//! ```
//! use sdk_auth::{Http, HttpConfig, PresignedUrl};
//! use sdk_transfer::{OnProgress, Storage, TransferError};
//! # use std::path::Path;
//!
//! /// Fetches a file that appears under its name only when it is whole.
//! async fn fetch(link: &PresignedUrl, file: &Path) -> Result<u64, TransferError> {
//!     let storage = Storage::new(Http::new(HttpConfig::new())?);
//!     let download = storage.get("FetchReport", link).await?;
//!     download.save(file, &OnProgress::default()).await
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! #     use std::io::{Read, Write};
//! #     let store = std::net::TcpListener::bind("127.0.0.1:0")?;
//! #     let link = format!("http://{}/report.pdf?signature=1", store.local_addr()?).parse()?;
//! #     let answers = std::thread::spawn(move || -> std::io::Result<()> {
//! #         let (mut stream, _) = store.accept()?;
//! #         let _request = stream.read(&mut [0; 4096])?;
//! #         stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n%PDF")
//! #     });
//! #     let file = std::env::temp_dir().join(format!("report-{}.pdf", std::process::id()));
//! #     assert_eq!(fetch(&link, &file).await?, 4);
//! #     assert_eq!(std::fs::read(&file)?, b"%PDF");
//! #     std::fs::remove_file(file)?;
//! #     answers.join().map_err(|_| "the store panicked")??;
//! #     Ok(())
//! # }
//! ```
//!
//! Reading order: [`Source`] and [`Payload`] are what is sent, [`Storage`] sends it in one piece,
//! [`PartUpload`] in many; [`Download`] is what comes back; [`wait_until`] waits for a job; [`StateFile`]
//! remembers how far one came, and [`StateLock`] keeps a second run of it out.
//!
//! # What it does not do
//!
//! It knows no vendor, no GraphQL and no object store's own API: it only follows links. It does not
//! continue a download in the middle, because a link may lead to a new rendering of a report each time.

mod download;
mod error;
mod fingerprint;
mod lock;
mod multipart;
mod part_size;
mod payload;
mod poll;
mod progress;
mod save;
mod source;
mod state;
mod storage;

pub use download::Download;
pub use error::{LocalError, RefusedLinkError, TransferError};
pub use fingerprint::{FileWatch, Fingerprint};
pub use lock::{LockError, StateHeldError, StateLock};
pub use multipart::{FinishedPart, PartUpload, Parts};
pub use part_size::{MAX_PARTS, PartSizeError, PartSizes};
pub use payload::Payload;
pub use poll::{Backoff, DeadlinePassed, WaitError, wait_until};
pub use progress::{OnProgress, Progress};
pub use source::Source;
pub use state::{SaveState, StateError, StateFile};
pub use storage::{PutReply, Storage};
