//! What the stores are made of: the bare operations, and a server to try them on.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

/// A file that is looked at, locked and replaced without a store around it.
pub(super) struct Files {
    folder: PathBuf,
    record: PathBuf,
    lock: File,
}

impl Files {
    pub(super) fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let files = Self {
            folder: folder.to_owned(),
            record: folder.join("record"),
            lock: File::create(folder.join("lock"))?,
        };
        files.replace("a record")?;
        Ok(files)
    }

    pub(super) fn stat(&self) -> Result<()> {
        fs::metadata(&self.record)?;
        Ok(())
    }

    pub(super) fn lock_and_unlock(&self) -> Result<()> {
        self.lock.try_lock().context("the file is locked")?;
        Ok(self.lock.unlock()?)
    }

    pub(super) fn replace(&self, text: &str) -> Result<()> {
        let new = self.folder.join("new");
        let mut file = File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, &self.record)?;
        Ok(File::open(&self.folder)?.sync_all()?)
    }
}

/// A `redis-server` on a free port of 127.0.0.1, killed when dropped.
pub(super) struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    pub(super) fn start() -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .context("starting redis-server; `cargo xtask test` installs it")?;
        let server = Self { process, port };
        let started = Instant::now();
        while Socket::connect(&server).is_err() {
            ensure!(
                started.elapsed() < Duration::from_secs(10),
                "redis-server does not answer"
            );
            thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing left to do.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A connection without a client: one blocking write and one blocking read per command.
pub(super) struct Socket(TcpStream);

impl Socket {
    pub(super) fn connect(server: &Redis) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port))?;
        stream.set_nodelay(true)?;
        let mut socket = Self(stream);
        socket.set("a record")?;
        Ok(socket)
    }

    pub(super) fn get(&mut self) -> Result<()> {
        self.say(&["GET", "bare"])
    }

    pub(super) fn set(&mut self, text: &str) -> Result<()> {
        self.say(&["SET", "bare", text])
    }

    pub(super) fn lock_and_unlock(&mut self) -> Result<()> {
        self.say(&["SET", "lock", "me", "NX", "PX", "15000"])?;
        self.say(&["DEL", "lock"])
    }

    fn say(&mut self, words: &[&str]) -> Result<()> {
        let mut command = format!("*{}\r\n", words.len());
        for word in words {
            command.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
        self.0.write_all(command.as_bytes())?;
        let mut answer = [0; 4096];
        let read = self.0.read(&mut answer)?;
        ensure!(
            read > 0 && answer.first() != Some(&b'-'),
            "the server refuses"
        );
        Ok(())
    }
}
