//! The shapes of token requests that a new vendor can have: every one that `sdk-auth` speaks with a vendor today.

use clap::ValueEnum as _;
use sdk_auth::TokenEndpoint;
use url::Url;

/// The shape of a token request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Auth {
    /// A form, and the credentials in a Basic header, as RFC 6749 has it.
    Basic,
    /// A form with the credentials in it, as ION has it.
    Form,
    /// A JSON body with the credentials in it, as Finite State has it.
    Json,
    /// No body: the credentials in a Basic header, the grant type in the query, as Altrata has it.
    Query,
    /// A JSON body with an app's id and secret, and no grant type, as Finlex has it.
    App,
}

impl Auth {
    /// The shape as it is written on the command line.
    pub(crate) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map(|it| it.get_name().to_owned()).unwrap_or_default()
    }
}

/// Each shape with its template, which stands in the new crate and is compiled here, too: what a new crate sends
/// is what `cargo xtask schema pull` sends for it.
macro_rules! shapes {
    ($($shape:ident $module:ident $file:literal)+) => {
        $(mod $module {
            use super::{TokenEndpoint, Url};

            include!(concat!("../../templates/vendor/token_endpoint/", $file));
        })+

        impl Auth {
            /// The function in the new crate that describes the token request.
            pub(crate) fn template(self) -> &'static str {
                match self {
                    $(Self::$shape => include_str!(concat!("../../templates/vendor/token_endpoint/", $file)),)+
                }
            }

            /// What that function gives.
            pub(crate) fn endpoint(self, url: Url) -> TokenEndpoint {
                match self {
                    $(Self::$shape => $module::token_endpoint(url),)+
                }
            }
        }
    };
}

shapes! {
    Basic basic "basic.rs"
    Form form "form.rs"
    Json json "json.rs"
    Query query "query.rs"
    App app "app.rs"
}

#[cfg(test)]
mod tests {
    use super::*;
    use sdk_auth::{Credentials, Http, HttpConfig, TokenProvider};
    use sdk_sandbox::{StandIn, TokenShape};

    const SCHEMA: &str = "type Query { ship: String }";

    /// What the templates call the sandbox's side of a shape.
    fn stand_in(shape: Auth) -> TokenShape {
        match shape {
            Auth::Basic => TokenShape::Basic,
            Auth::Form => TokenShape::Form,
            Auth::Json => TokenShape::Json,
            Auth::Query => TokenShape::Query,
            Auth::App => TokenShape::App,
        }
    }

    #[tokio::test]
    async fn every_shape_gets_a_token_where_it_is_spoken_and_nowhere_else() {
        for of in Auth::value_variants() {
            let vendor = StandIn::start(SCHEMA, stand_in(*of)).await.unwrap();
            for shape in Auth::value_variants() {
                let endpoint = shape.endpoint(vendor.token_url().parse().unwrap());
                let credentials = Credentials::client(vendor.client_id(), vendor.client_secret());
                let http = Http::new(HttpConfig::new()).unwrap();
                let tokens = TokenProvider::new(http, endpoint, credentials).unwrap();
                let got = tokens.token().await;
                assert_eq!(got.is_ok(), of == shape, "{shape:?} at {of:?}");
            }
            assert_eq!(vendor.counts().tokens_issued, 1);
        }
    }

    #[test]
    fn a_new_crate_names_the_shape_as_the_sandbox_does() {
        for shape in Auth::value_variants() {
            assert_eq!(format!("{shape:?}"), format!("{:?}", stand_in(*shape)));
        }
    }
}
