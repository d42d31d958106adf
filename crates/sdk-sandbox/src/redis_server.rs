//! A real Redis on loopback, for token stores that many processes share.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::RedisError;

/// How long a server may take until it answers.
const START: Duration = Duration::from_secs(10);

/// How often the server is asked whether it answers yet.
const PROBE: Duration = Duration::from_millis(10);

/// Somebody else may take a free port before the server does.
const ATTEMPTS: u32 = 3;

/// A `redis-server` of its own on a free port of 127.0.0.1. Dropping it kills it.
///
/// It keeps everything in memory and writes no file, so that a restart empties it. The program must be
/// installed; `cargo xtask test` sees to that.
#[derive(Debug)]
pub struct RedisServer {
    process: Option<Child>,
    port: u16,
    access: Access,
}

/// How the server is reached.
#[derive(Clone, Debug)]
enum Access {
    /// By everybody.
    Open,
    /// By one user.
    User(User),
    /// By everybody, over TLS alone.
    Tls { certificate: PathBuf, key: PathBuf },
}

/// The one user of a server that lets nobody in without a password.
#[derive(Clone)]
struct User {
    name: String,
    password: String,
    /// The pattern of the keys and channels it may touch.
    keys: String,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User")
            .field("name", &self.name)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl RedisServer {
    /// Starts a server that lets everybody in.
    ///
    /// # Errors
    ///
    /// When `redis-server` is not installed, or does not answer within 10 s.
    pub fn start() -> Result<Self, RedisError> {
        Self::launch(&Access::Open)
    }

    /// Starts a server that lets everybody in, over TLS alone, with a certificate and its key in PEM.
    ///
    /// # Errors
    ///
    /// When `redis-server` is not installed, takes no TLS or not these files, or does not answer within 10 s.
    pub fn start_with_tls(certificate: &Path, key: &Path) -> Result<Self, RedisError> {
        Self::launch(&Access::Tls {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        })
    }

    /// Starts a server that lets one user in, to the keys and channels of a pattern such as `sdk-auth:*`.
    ///
    /// Neither name, password nor pattern may contain white space or quotes.
    ///
    /// # Errors
    ///
    /// When `redis-server` is not installed, or does not answer within 10 s.
    pub fn start_with_user(name: &str, password: &str, keys: &str) -> Result<Self, RedisError> {
        let [name, password, keys] = [name, password, keys].map(str::to_owned);
        Self::launch(&Access::User(User {
            name,
            password,
            keys,
        }))
    }

    fn launch(access: &Access) -> Result<Self, RedisError> {
        let mut attempt = 1;
        loop {
            let port = free_port().map_err(RedisError::start)?;
            let mut server = Self {
                process: None,
                port,
                access: access.clone(),
            };
            match server.restart() {
                Ok(()) => return Ok(server),
                Err(error) if attempt == ATTEMPTS || error.is_missing() => return Err(error),
                Err(_) => attempt += 1,
            }
        }
    }

    /// The URL of the server, with the user and the password if it has one.
    #[must_use]
    pub fn url(&self) -> String {
        let address = format!("127.0.0.1:{}", self.port);
        match &self.access {
            Access::Open => format!("redis://{address}"),
            Access::User(user) => format!("redis://{}:{}@{address}", user.name, user.password),
            Access::Tls { .. } => format!("rediss://{address}"),
        }
    }

    /// Kills the server, if it runs, and starts an empty one on the same port.
    ///
    /// # Errors
    ///
    /// When it does not answer within 10 s.
    pub fn restart(&mut self) -> Result<(), RedisError> {
        self.stop();
        let mut process = Command::new("redis-server")
            .arg("-")
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(RedisError::start)?;
        // By standard input, and not as arguments, which everybody on the machine can read.
        let told = match process.stdin.take() {
            Some(mut input) => input.write_all(self.settings().as_bytes()),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        self.process = Some(process);
        told.map_err(RedisError::start)?;
        self.wait_until_it_answers()
    }

    /// Kills the server; what it held is gone.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill(); // it may have ended by itself
            let _ = process.wait();
        }
    }

    /// Suspends the server: connections stay open, and nothing is answered any more.
    ///
    /// # Errors
    ///
    /// When the server does not run.
    #[cfg(unix)]
    pub fn pause(&self) -> io::Result<()> {
        self.signal(rustix::process::Signal::STOP)
    }

    /// Goes on after [`pause`](Self::pause).
    ///
    /// # Errors
    ///
    /// When the server does not run.
    #[cfg(unix)]
    pub fn resume(&self) -> io::Result<()> {
        self.signal(rustix::process::Signal::CONT)
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) -> io::Result<()> {
        let process = self.process.as_ref().map(rustix::process::Pid::from_child);
        let process = process.ok_or(io::ErrorKind::NotFound)?;
        Ok(rustix::process::kill_process(process, signal)?)
    }

    fn settings(&self) -> String {
        let port = self.port;
        let access = match &self.access {
            Access::Open => format!("port {port}\n"),
            Access::User(User {
                name,
                password,
                keys,
            }) => format!(
                "port {port}\nuser default off\nuser {name} on >{password} ~{keys} &{keys} +@all -@dangerous\n"
            ),
            Access::Tls { certificate, key } => format!(
                "port 0\ntls-port {port}\ntls-auth-clients no\ntls-cert-file \"{}\"\ntls-key-file \"{}\"\n",
                certificate.display(),
                key.display()
            ),
        };
        format!("{access}bind 127.0.0.1\nsave \"\"\nappendonly no\n")
    }

    fn wait_until_it_answers(&mut self) -> Result<(), RedisError> {
        let started = Instant::now();
        while started.elapsed() < START {
            if self.answers() {
                return Ok(());
            }
            let ended = self.process.as_mut().map(Child::try_wait);
            if let Some(Ok(Some(status))) = ended {
                return Err(RedisError::ended(status));
            }
            thread::sleep(PROBE);
        }
        Err(RedisError::silent())
    }

    /// True if it answers a `PING` as Redis does: without a password that is an error. Somebody else who has the port
    /// does not. With TLS it is enough that it listens.
    fn answers(&self) -> bool {
        let ask = || {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
            let mut stream = TcpStream::connect_timeout(&address, START)?;
            if let Access::Tls { .. } = self.access {
                return Ok(());
            }
            stream.set_read_timeout(Some(START))?;
            stream.write_all(b"PING\r\n")?;
            let mut first = [0];
            stream.read_exact(&mut first)?;
            match first {
                [b'+' | b'-'] => Ok(()),
                _ => Err(io::Error::from(io::ErrorKind::AddrInUse)),
            }
        };
        ask().is_ok()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_redis_counts_as_an_answer() {
        for (says, is_redis) in [("+PONG", true), ("-NOAUTH", true), ("HTTP/1.1 400", false)] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let server = RedisServer {
                process: None,
                port: listener.local_addr().unwrap().port(),
                access: Access::Open,
            };
            let other = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                stream.read_exact(&mut [0; 6]).unwrap();
                stream.write_all(says.as_bytes()).unwrap();
            });
            assert_eq!(server.answers(), is_redis, "{says}");
            other.join().unwrap();
        }
    }
}
