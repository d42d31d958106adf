//! Asks a vendor's server for its schema, through the vendor's own client.

use super::introspection::{Edition, query};
use crate::projects::{self, Login, Project};
use anyhow::{Context as _, Result, bail};
use finitestate::Env;
use sdk_auth::{ApiAuth, AuthorizedHttp, Credentials, Http, HttpConfig, TokenProvider};
use sdk_graphql::graphql_client::{GraphQLQuery, QueryBody};
use sdk_graphql::{DEFAULT_TIMEOUT, Derived, Error, GraphqlClient, Service};
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
/// A vendor whose client is not named here is asked as its `extensions.login` in `.graphqlrc.toml` says.
pub(crate) async fn ask(project: &Project, env: &Env) -> Result<Answered> {
    let (service, answer) = match project.name.as_str() {
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
        other => match &project.login {
            Some(login) => (other, by_login(login, env).await?),
            None => bail!(
                "nothing says how the server of {other} is asked: add [projects.{other}.extensions.login] to {}, \
                 or give a file with --from",
                projects::FILE
            ),
        },
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

/// Asks a server of which the shape of its token requests is known, and the variables.
async fn by_login(login: &Login, env: &Env) -> Result<Result<Value, Error>> {
    // Few and short, and the program ends soon.
    let name = |end: &str| -> &'static str { format!("{}_{end}", login.variables).leak() };
    let mut vars = env.reader();
    let id = vars.required(name("CLIENT_ID"), "the client id the vendor handed out");
    let secret = vars.secret(
        name("CLIENT_SECRET"),
        "the client secret the vendor handed out",
    );
    let [token_url, api_url] = ["TOKEN_URL", "API_URL"].map(|end| {
        vars.required(name(end), "an https URL, or an http URL on loopback");
        vars.url(name(end))
    });
    let (Some(token_url), Some(api_url)) = vars.finish((token_url, api_url))? else {
        bail!("{} and {} hold no URL", name("TOKEN_URL"), name("API_URL"));
    };
    let http = Http::new(HttpConfig::new())?;
    let endpoint = login.auth.endpoint(token_url);
    let tokens = TokenProvider::new(http.clone(), endpoint, Credentials::client(id, secret))?;
    let authorized = AuthorizedHttp::new(http, tokens, ApiAuth::bearer());
    let service = Service::new("", api_url);
    let client = GraphqlClient::new(authorized, vec![service], DEFAULT_TIMEOUT)?;
    let current = client.execute(Derived::<Current>::new(()));
    let older = || client.execute(Derived::<June2018>::new(()));
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
