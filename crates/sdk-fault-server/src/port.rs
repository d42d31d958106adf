//! Ports at which nobody is served.

use std::io;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::Fault;

/// A port that is kept, so that no other server takes it.
pub(crate) enum Port {
    /// Connections are refused.
    Refusing { _bound: TcpSocket },
    /// Nothing is answered: the queue of those who wait to be accepted is full.
    Mute {
        _listening: TcpListener,
        _waiting: Vec<TcpStream>,
    },
}

/// A connection on loopback that takes longer finds the queue full.
const PATIENCE: Duration = Duration::from_millis(50);

/// More than any system lets wait where it was asked for none.
const MAX_WAITING: usize = 64;

impl Port {
    /// Makes of a bound socket what this fault wants of it.
    pub(crate) async fn give_up(bound: TcpSocket, fault: &Fault) -> io::Result<Self> {
        if *fault != Fault::Unreachable {
            return Ok(Self::Refusing { _bound: bound });
        }
        let address = bound.local_addr()?;
        let listening = bound.listen(0)?;
        let mut waiting = Vec::new();
        while let Ok(connected) = timeout(PATIENCE, TcpStream::connect(address)).await {
            waiting.push(connected?);
            if waiting.len() > MAX_WAITING {
                return Err(io::Error::other("this system's queues have no end"));
            }
        }
        Ok(Self::Mute {
            _listening: listening,
            _waiting: waiting,
        })
    }
}
