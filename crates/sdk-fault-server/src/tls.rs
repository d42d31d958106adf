//! Certificates, made anew for every server: a good one for `localhost`, and one with a flaw.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::Fault;

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Signed by itself, and not among those that a client is told to trust.
    Stranger,
    /// Trusted, but for another name than that of the server.
    OtherName,
    /// Trusted, but its time is over.
    Expired,
    /// Trusted, but its time has not come.
    NotYetValid,
}

/// Accepts TLS connections that speak HTTP/2.
pub(crate) struct Tls {
    good: TlsAcceptor,
    flawed: TlsAcceptor,
    /// What a client has to trust, as PEM.
    pub(crate) certificates: String,
}

impl Tls {
    pub(crate) fn new(fault: &Fault) -> io::Result<Self> {
        let good = Own::new(None)?;
        let mut certificates = good.pem();
        let flawed = match fault {
            Fault::Certificate(flaw) => {
                let own = Own::new(Some(*flaw))?;
                if *flaw != Flaw::Stranger {
                    certificates.push_str(&own.pem());
                }
                own.acceptor()?
            }
            _ => good.acceptor()?,
        };
        Ok(Self {
            good: good.acceptor()?,
            flawed,
            certificates,
        })
    }

    pub(crate) async fn accept(
        &self,
        stream: TcpStream,
        is_flawed: bool,
    ) -> io::Result<TlsStream<TcpStream>> {
        let acceptor = if is_flawed { &self.flawed } else { &self.good };
        acceptor.accept(stream).await
    }
}

/// A certificate that has signed itself.
struct Own {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Own {
    fn new(flaw: Option<Flaw>) -> io::Result<Self> {
        let name = match flaw {
            Some(Flaw::OtherName) => "other.example",
            _ => "localhost",
        };
        let mut params = CertificateParams::new([name.to_owned()]).map_err(io::Error::other)?;
        // Of two that are called the same, a client would hold one's signature against the other's key.
        params
            .distinguished_name
            .push(DnType::CommonName, format!("fault server, {flaw:?}"));
        match flaw {
            Some(Flaw::Expired) => params.not_after = date_time_ymd(2000, 1, 1),
            Some(Flaw::NotYetValid) => params.not_before = date_time_ymd(4000, 1, 1),
            _ => {}
        }
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = params.self_signed(&key).map_err(io::Error::other)?;
        Ok(Self {
            certificate: certificate.der().clone(),
            key,
        })
    }

    fn pem(&self) -> String {
        let body = STANDARD.encode(&self.certificate);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }

    fn acceptor(&self) -> io::Result<TlsAcceptor> {
        let config = self.config().map_err(io::Error::other)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn config(&self) -> Result<ServerConfig, rustls::Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key.into())?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(config)
    }
}
