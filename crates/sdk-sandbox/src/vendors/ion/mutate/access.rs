//! API keys, roles and teams, and the mutations that leave the tables alone.

use apollo_compiler::response::{JsonMap, JsonValue};

use super::{
    Payload, Result, add_to_list, apply, check_etag, id_value, kinds, live, not_found, payload,
    required, touch,
};
use crate::data::select::QueryError;
use crate::data::{Store, Value};

/// Keys, roles and teams, and what leaves the tables alone.
pub(super) fn change(store: &mut Store, field: &str, input: &JsonMap) -> Result<Payload> {
    match field {
        "createApiKey" => {
            let number = store.len(kinds::API_KEY) + 1;
            let fields = vec![
                ("clientId", Value::text(format!("key-{number}"))),
                (
                    "clientSecret",
                    Value::text(format!("secret-of-key-{number}")),
                ),
                ("enabled", Value::Bool(true)),
            ];
            let row = store.insert(kinds::API_KEY, fields);
            Ok(payload("apikey", row))
        }
        "updateApiKey" | "deleteApiKey" => {
            let wanted = input.get("clientId").and_then(JsonValue::as_str);
            let mut keys = live(store, kinds::API_KEY).into_iter();
            let key = keys.find(|row| store.get(*row, "clientId").as_text() == wanted);
            let key = key.ok_or_else(|| not_found("APIKeyObject"))?;
            if field == "deleteApiKey" {
                check_etag(store, key, input.get("_etag"))?;
                store.set(key, "_deleted", Value::Bool(true));
            } else {
                apply(store, key, input)?;
                touch(store, key);
            }
            Ok(payload("apikey", key))
        }
        "attachPermissionGroupToRole" => {
            required(store, input, "permissionGroupId")?;
            let role = required(store, input, "roleId")?;
            Ok(payload("role", role))
        }
        "addUserToTeam" => {
            let (user, team) = (
                required(store, input, "userId")?,
                required(store, input, "teamId")?,
            );
            add_to_list(store, team, "users", user, true);
            let fields = vec![("teamId", id_value(team)), ("userId", id_value(user))];
            Ok(fields)
        }
        "createBarcodeLabel" => {
            required(store, input, "templateId")?;
            let fields = vec![("barcode", Value::Static("^XA^FDION^FS^XZ"))];
            let label = Value::object("BarcodeLabel", fields);
            Ok(vec![("barcodeLabel", label)])
        }
        "dispatchNotification" => {
            required(store, input, "userId")?;
            let fields = vec![("messageId", Value::Static("1"))];
            let response = Value::object("MessageResponse", fields);
            Ok(vec![("response", response)])
        }
        _ => Err(QueryError::plain(format!(
            "the sandbox does not know the mutation {field}"
        ))),
    }
}
