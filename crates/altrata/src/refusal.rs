//! The typed errors of the four services, read into one shape.
//!
//! Each service has errors of its own under the same names, with their code under another name each
//! ("Errors, Warnings and Limits" on docs.altrata.com). [`Refusal`] is what they share.

use sdk_graphql::{ErrorClass, Inferred, Operation, Refusal};

use crate::queries::{
    events::{ListAnnouncements, list_announcements},
    matching::{
        GetMatchStatus, GetUniqueMatches, MatchPerson, get_match_status, get_unique_matches,
        match_person,
    },
    profile::{
        GetPeople, GetPerson, SearchOrganizations, SearchPeople, get_people, get_person,
        probe_deprecated, probe_permission_denied, search_organizations, search_people,
    },
    relationships::{
        CountMyPathsToOrganization, CountMyPathsToPerson, CountOrganizationPaths,
        count_my_paths_to_organization, count_my_paths_to_person, count_organization_paths,
    },
};

/// Finds the typed error in the data of an operation. Generated code asks it about every answer.
pub(crate) trait Refusable {
    /// The typed error, if the data holds one.
    fn refusal(&self) -> Option<Refusal>;
}

/// An operation that has one result, which [`Client::fetch`](crate::Client::fetch) gives without what is
/// around it.
pub trait Outcome: Operation {
    /// The result, with neither the union nor the root field around it.
    type Success;

    /// Takes the result out of the data; `None` where the service has put nothing there.
    fn success(data: Self::Data) -> Option<Self::Success>;
}

/// A field of an error: text, or of a type that no public source shows.
trait Text {
    fn text(&self) -> String;
}

impl Text for String {
    fn text(&self) -> String {
        self.clone()
    }
}

impl Text for Inferred<String> {
    fn text(&self) -> String {
        match self {
            Self::Expected(text) => text.clone(),
            Self::Raw(raw) => raw.to_string(),
        }
    }
}

/// A refusal of a type by its name.
fn refusal(kind: &str) -> Refusal {
    let class = match kind {
        "AuthorizationError" => ErrorClass::Forbidden,
        "ValidationError" => ErrorClass::InvalidInput,
        // Today these are `EntityNotFoundError`, `SourceNotFoundError`, `TargetNotFoundError` and
        // `UserNotFoundError`.
        kind if kind.ends_with("NotFoundError") => ErrorClass::NotFound,
        _ => ErrorClass::Unknown,
    };
    Refusal::new(kind, class)
}

/// `Operation => module.root_field: Union of Success { Error: code message correlation }`, where each of
/// the three is the name of a field, or `-` where the service has none.
macro_rules! outcomes {
    ($($operation:ident => $module:ident.$root:ident: $union:ident of $success:ident {
        $($error:ident: $code:tt $message:tt $correlation:tt),*
    })+) => {$(
        impl Refusable for $module::Data {
            fn refusal(&self) -> Option<Refusal> {
                match self.$root.as_ref()? {
                    $module::$union::$success(_) => None,
                    $($module::$union::$error(error) => Some(
                        refusal(stringify!($error))
                            .with_code(outcomes!(@field error $code))
                            .with_message(outcomes!(@field error $message))
                            .with_correlation_id(outcomes!(@field error $correlation)),
                    ),)*
                    $module::$union::Other(other) => Some(refusal(&other.type_name)),
                }
            }
        }

        impl Outcome for $operation {
            type Success = $module::$success;

            fn success(data: Self::Data) -> Option<Self::Success> {
                match data.$root? {
                    $module::$union::$success(success) => Some(success),
                    _ => None,
                }
            }
        }
    )+};
    (@field $error:ident -) => { None };
    (@field $error:ident $field:ident) => { $error.$field.as_ref().map(Text::text) };
}

outcomes! {
    GetPerson => get_person.person_id_search: PersonIdSearchResult of Person {
        AuthorizationError: authorization_error_code - -
    }
    GetPeople => get_people.person_bulk_id_search: PersonPagedSearchResult of PersonPagedResult {}
    SearchPeople =>
        search_people.person_keyword_search: PersonPagedSearchResult of PersonPagedResult {}
    SearchOrganizations => search_organizations.organization_keyword_search:
        OrganizationPagedSearchResult of OrganizationPagedResult
    {
        GenericError: error_code error_message -,
        ValidationError: error_code error_message -
    }
    MatchPerson => match_person.persons_match: PersonsMatchResult of RequestResponse {
        GenericError: generic_error_code error_message correlation_id,
        ValidationError: validation_error_code error_message correlation_id
    }
    GetMatchStatus => get_match_status.request_status: RequestStatusResult of StatusDescription {}
    GetUniqueMatches =>
        get_unique_matches.person_unique_matches: PersonMatchesResult of PersonMatchesResponse {}
    ListAnnouncements => list_announcements.events: EventsResult of EventsResponse {
        GenericError: generic_error_code error_message correlation_id,
        ValidationError: - error_message correlation_id
    }
    CountMyPathsToPerson => count_my_paths_to_person.my_paths_to_person:
        MyPathsToPersonResult of MyPathsToPersonResponse {}
    CountMyPathsToOrganization => count_my_paths_to_organization.my_paths_to_organization:
        MyPathsToOrganizationResult of MyPathsToOrganizationResponse {}
    CountOrganizationPaths => count_organization_paths.organization_paths_to_organization:
        OrganizationPathsToOrganizationResult of OrganizationPathsToOrganizationResponse {}
}

/// `module`: the probes answer with errors beside the data and with none in it.
macro_rules! never_refused {
    ($($module:ident)+) => {$(
        impl Refusable for $module::Data {
            fn refusal(&self) -> Option<Refusal> {
                None
            }
        }
    )+};
}

never_refused! { probe_deprecated probe_permission_denied }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_class() {
        for (kind, class) in [
            ("AuthorizationError", ErrorClass::Forbidden),
            ("ValidationError", ErrorClass::InvalidInput),
            ("EntityNotFoundError", ErrorClass::NotFound),
            ("UserNotFoundError", ErrorClass::NotFound),
            ("GenericError", ErrorClass::Unknown),
        ] {
            assert_eq!(refusal(kind).class(), class, "{kind}");
        }
    }
}
