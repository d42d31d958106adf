//! Asks a vendor's server for its schema, through the vendor's own client.

use super::introspection::{Edition, query};
use anyhow::{Context as _, Result, bail};
use finitestate::Env;
use sdk_graphql::graphql_client::{GraphQLQuery, QueryBody};
use sdk_graphql::{Derived, Error};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The answer of a server, and where it came from, as the record shows it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) body: Vec<u8>,
    pub(crate) service: String,
}

/// Introspects the server of a project, with the credentials and addresses that the variables name.
///
/// A vendor whose client is not named here can only be read from a file.
pub(crate) async fn ask(project: &str, env: &Env) -> Result<Answered> {
    let (service, answer) = match project {
        "finitestate" => {
            let client = finitestate::Config::from_env(env)?.into_builder().build()?;
            let current = client.execute(Derived::<Current>::new(()));
            let older = || client.execute(Derived::<June2018>::new(()));
            ("Finite State", either(current, older).await)
        }
        "ion" => {
            let client = ion::Config::from_env(env)?.into_builder().build()?;
            let current = client.execute(Derived::<Current>::new(()));
            let older = || client.execute(Derived::<June2018>::new(()));
            ("ION Factory OS", either(current, older).await)
        }
        "altrata-profile" => ("Altrata, Profile", altrata(env, "profile").await?),
        "altrata-matching" => ("Altrata, Matching", altrata(env, "matching").await?),
        "altrata-events" => ("Altrata, Events", altrata(env, "events").await?),
        "altrata-relationships" => (
            "Altrata, Relationships",
            altrata(env, "relationships").await?,
        ),
        other => bail!(
            "no client of {other} is known here: name it in xtask/src/schema/ask.rs, or give a file with --from"
        ),
    };
    let schema = match answer {
        Ok(schema) => schema,
        Err(error) if forbids(&error) => bail!(
            "{service} does not answer introspection, so nothing was changed: {error}\n\
             keep the schema as it is, or ask the vendor for a file and give it with --from"
        ),
        Err(error) => return Err(error).context("nothing was changed"),
    };
    Ok(Answered {
        body: json!({ "data": schema }).to_string().into_bytes(),
        service: service.to_owned(),
    })
}

async fn altrata(env: &Env, service: &'static str) -> Result<Result<Value, Error>> {
    let client = altrata::Config::from_env(env)?.into_builder().build()?;
    let current = client.execute(Derived::<Current>::new(()).service(service));
    let older = || client.execute(Derived::<June2018>::new(()).service(service));
    Ok(either(current, older).await)
}

/// Asks for everything; a server that does not know all of it is asked for what has been there for long.
async fn either<C, O>(current: C, older: impl FnOnce() -> O) -> Result<Value, Error>
where
    C: IntoFuture<Output = Result<Value, Error>>,
    O: IntoFuture<Output = Result<Value, Error>>,
{
    match current.await {
        Err(error) if forbids(&error) => older().await,
        answer => answer,
    }
}

/// True if the server understood who asks and answers other questions: it refuses this one.
fn forbids(error: &Error) -> bool {
    match error {
        Error::Graphql(_) | Error::Refused(_) => !error.is_unauthorized() && !error.is_retryable(),
        Error::Status(status) => matches!(status.status().as_u16(), 400 | 403 | 405 | 422),
        _ => false,
    }
}

/// The introspection of the current specification.
struct Current;

/// The introspection that older servers know.
struct June2018;

static CURRENT: LazyLock<String> = LazyLock::new(|| query(Edition::Current));
static JUNE_2018: LazyLock<String> = LazyLock::new(|| query(Edition::June2018));

impl GraphQLQuery for Current {
    type Variables = ();
    type ResponseData = Value;

    fn build_query(variables: ()) -> QueryBody<()> {
        body(variables, &CURRENT)
    }
}

impl GraphQLQuery for June2018 {
    type Variables = ();
    type ResponseData = Value;

    fn build_query(variables: ()) -> QueryBody<()> {
        body(variables, &JUNE_2018)
    }
}

fn body(variables: (), query: &'static str) -> QueryBody<()> {
    QueryBody {
        variables,
        query,
        operation_name: "Introspection",
    }
}
