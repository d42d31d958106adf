//! What others use to keep a token, each with one token already in its cache.
//!
//! Every peer stops at its own idea of a token; none is charged for making a header of it, which
//! ours includes. Only google-cloud-auth gives headers, so it alone does the same work.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result, anyhow};
use aws_smithy_async::{
    rt::sleep::{SharedAsyncSleep, TokioSleep},
    time::SystemTimeSource,
};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::{
    identity::{
        Identity, IdentityFuture, ResolveCachedIdentity, ResolveIdentity, SharedIdentityResolver,
        http::Token,
    },
    runtime_components::{RuntimeComponents, RuntimeComponentsBuilder},
};
use aws_smithy_types::config_bag::ConfigBag;
use azure_core::{
    credentials::TokenCredential,
    http::{AsyncRawResponse, ClientOptions, HttpClient, Request, StatusCode, Transport},
};
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use google_cloud_auth::credentials::user_account;
use http::Extensions;
use serde_json::json;
use tokio::sync::RwLock;

use super::Reader;
use crate::loopback::{LIFETIME, token};

/// The identity cache that every AWS SDK uses, with the settings it has there.
pub(super) fn smithy() -> Result<Reader> {
    #[derive(Debug)]
    struct Source;
    impl ResolveIdentity for Source {
        fn resolve_identity<'a>(
            &'a self,
            _: &'a RuntimeComponents,
            _: &'a ConfigBag,
        ) -> IdentityFuture<'a> {
            #[expect(clippy::disallowed_methods, reason = "smithy counts in wall time")]
            let expiry = SystemTime::now() + LIFETIME;
            IdentityFuture::ready(Ok(Identity::new(
                Token::new(token(), Some(expiry)),
                Some(expiry),
            )))
        }
    }

    let cache = IdentityCache::lazy().build();
    let source = SharedIdentityResolver::new(Source);
    let components = RuntimeComponentsBuilder::for_tests()
        .with_time_source(Some(SystemTimeSource::new()))
        .with_sleep_impl(Some(SharedAsyncSleep::new(TokioSleep::new())))
        .build()?;
    let shared = Arc::new((cache, source, components, ConfigBag::base()));
    Ok(Reader::new("aws-smithy-runtime", move |times| {
        let shared = Arc::clone(&shared);
        async move {
            let (cache, source, components, settings) = &*shared;
            for _ in 0..times {
                let found = cache.resolve_cached_identity(source.clone(), components, settings);
                black_box(found.await.map_err(|error| anyhow!(error))?);
            }
            Ok(())
        }
    }))
}

/// Azure's client-secret credential over a transport that answers from memory.
pub(super) fn azure() -> Result<Reader> {
    #[derive(Debug)]
    struct Source;
    #[async_trait::async_trait]
    impl HttpClient for Source {
        async fn execute_request(&self, _: &Request) -> azure_core::Result<AsyncRawResponse> {
            let body = json!({
                "token_type": "Bearer",
                "expires_in": LIFETIME.as_secs(),
                "ext_expires_in": LIFETIME.as_secs(),
                "access_token": token(),
            });
            Ok(AsyncRawResponse::from_bytes(
                StatusCode::Ok,
                azure_core::http::headers::Headers::new(),
                body.to_string(),
            ))
        }
    }

    let options = ClientSecretCredentialOptions {
        client_options: ClientOptions {
            transport: Some(Transport::new(Arc::new(Source))),
            ..ClientOptions::default()
        },
    };
    let (tenant, client) = ("00000000-0000-0000-0000-000000000000", "client".to_owned());
    let credential =
        ClientSecretCredential::new(tenant, client, "not a secret".into(), Some(options))?;
    Ok(Reader::new("azure_identity", move |times| {
        let credential = Arc::clone(&credential);
        async move {
            for _ in 0..times {
                black_box(
                    credential
                        .get_token(&["https://example.com/.default"], None)
                        .await?,
                );
            }
            Ok(())
        }
    }))
}

/// Google's user-account credential, filled from a token endpoint on loopback.
pub(super) fn google(token_url: &str) -> Result<Reader> {
    let account = json!({
        "type": "authorized_user",
        "client_id": "client",
        "client_secret": "not a secret",
        "refresh_token": "not a token",
    });
    let credentials = user_account::Builder::new(account)
        .with_token_uri(token_url)
        .build()
        .context("google-cloud-auth's credential")?;
    Ok(Reader::new("google-cloud-auth", move |times| {
        let credentials = credentials.clone();
        async move {
            for _ in 0..times {
                black_box(credentials.headers(Extensions::new()).await?);
            }
            Ok(())
        }
    }))
}

/// What most people write: a lock around the token, and a copy for each caller.
pub(super) fn by_hand() -> Result<Reader> {
    struct Held {
        token: String,
        expiry: Instant,
    }
    let held = Held {
        token: token(),
        expiry: Instant::now() + LIFETIME,
    };
    let slot = Arc::new(RwLock::new(Some(held)));
    Ok(Reader::new("tokio RwLock, String", move |times| {
        let slot = Arc::clone(&slot);
        async move {
            for _ in 0..times {
                let held = slot.read().await;
                let fresh = held
                    .as_ref()
                    .filter(|held| held.expiry > Instant::now() + Duration::from_secs(60));
                black_box(fresh.context("the token expired")?.token.clone());
            }
            Ok(())
        }
    }))
}
