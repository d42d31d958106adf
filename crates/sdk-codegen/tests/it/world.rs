//! A schema like the large public ones, of any size, and operations on it.
//!
//! It has what makes those schemas hard: interfaces that implement interfaces, unions, connections, inputs
//! that contain themselves, `@oneOf`, keywords and underscores as names, names that differ only in case,
//! scalars nobody maps, deprecations everywhere, descriptions full of markup, and subscriptions.

/// A world of this many ports; each is about 70 lines of schema and 10 types.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) ports: usize,
}

/// What comes before the ports.
const HEAD: &str = r#"
schema { query: Query  mutation: Mutation  subscription: Subscription }
directive @oneOf on INPUT_OBJECT
directive @tag(name: String!) repeatable on OBJECT | FIELD_DEFINITION | ENUM_VALUE

"""An object with an identity."""
interface Node { id: ID! }
"""
Something with a `name`.

    indented like code

"Quotes", a \""" fence, <b>markup</b>, [brackets], a*star and https://example.org/?a=[1].
"""
interface Named implements Node { id: ID!  name: String! }
"A thing that moves."
interface Moving implements Named & Node { id: ID!  name: String!  speed: Float @deprecated }
type PageInfo { hasNextPage: Boolean!  endCursor: String }
scalar URI @specifiedBy(url: "https://example.org/uri")
scalar _Any
extend type Query { version: String! @deprecated(reason: "see \"about\"\nand more") }
"#;

/// One port; `%` is its number and `^` that of a neighbour.
const PORT: &str = r#"
"""
Port % of the world.

 - one
 - two
"""
type Port% implements Named & Node @tag(name: "a") @tag(name: "b") {
  id: ID!
  name: String!
  """The kind; a keyword in most languages."""
  type: Kind%!
  self: Port%
  Self: String
  async(await: Boolean = false, in: [Kind%!] = [red, RED]): Int
  _cursor: String
  _: Boolean
  _1: Int
  url: URI
  URL: URI
  uRL: String @deprecated(reason: "No longer supported")
  any: _Any
  matrix: [[Float!]!]
  berths(first: Int, after: String, where: Filter%): Berth%Connection!
  visitors(last: Int @deprecated(reason: "use first"), first: Int): [Visitor%]
  next: Port^
}
extend type Port% implements Moving { speed: Float @deprecated }
type Berth%Connection { edges: [Berth%Edge]  pageInfo: PageInfo!  totalCount: Int! }
type Berth%Edge { cursor: String!  node: Berth% }
type Berth% implements Node { id: ID!  depth: Float!  port: Port%!  ships: [Ship%!]! }
type Ship% implements Moving & Named & Node { id: ID!  name: String!  speed: Float @deprecated  captain: Named }
type Tug% implements Moving & Named & Node { id: ID!  name: String!  speed: Float @deprecated  pulls: Ship% }
union Visitor% = Ship% | Tug% | Berth^
"Kinds, some of which differ only in case."
enum Kind% {
  red
  RED @deprecated(reason: "shout less")
  Red
  r_e_d
  Self
  type
  _private
  _
  "Not the catch-all."
  OTHER
  Other
  OtherValue
  _2D
}
input Filter% {
  and: [Filter%!]
  not: Filter%
  near: Filter^
  by: Key%
  type: Kind% = red
  type_: String
  _type: [Kind%!] = [Red, OTHER]
  new: Boolean
  since: URI @deprecated(reason: "use near")
  ids: [[ID!]]
}
input Key% @oneOf { id: ID  name: String  filter: Filter%  _type: Kind% }
input MovePort%Input { clientMutationId: String  id: ID!  to: Filter%!  Self: Int = -1  text: String = """a "b" """ }
type MovePort%Payload { clientMutationId: String  port: Port% }
extend type Query {
  port%(id: ID!): Port%
  ports%(first: Int = 20, after: String, filter: Filter% = { type: RED, and: [] }): [Port%!]!
  visitor%(by: Key%!): Visitor%
}
extend type Mutation { movePort%(input: MovePort%Input!): MovePort%Payload }
extend type Subscription { port%Moved(id: ID!): Port% }
"#;

/// The operations on a port.
const OPERATIONS: [(&str, &str); 4] = [
    (
        "get_port%",
        "query GetPort%($id: ID!, $first: Int, $after: String, $where: Filter%, $deep: Boolean!) {
          port%(id: $id) {
            ...Names
            type self { id Self }
            async(await: true)
            berths(first: $first, after: $after, where: $where) {
              edges { node { id depth ships { ...Names ... on Moving @include(if: $deep) { speed } } } }
              pageInfo { hasNextPage endCursor }
            }
          }
        }
        fragment Names on Named { id name ... on Port% { _ _1 url URL uRL any matrix } }",
    ),
    (
        "list_ports%",
        "# Lists ports.
        query ListPorts%($filter: Filter%, $first: Int = 50) {
          ports%(first: $first, filter: $filter) { _cursor id name type next { id } }
          version
        }",
    ),
    (
        "visitor%",
        "query Visitor%($by: Key%!) {
          visitor%(by: $by) {
            ... on Node { id }
            ... on Ship% { name captain { __typename id ... on Ship% { speed } } }
            ... on Tug% { name pulls { id captain { name } } }
          }
        }",
    ),
    (
        "move_port%",
        "mutation MovePort%($input: MovePort%Input!) {
          movePort%(input: $input) { clientMutationId port { id type } }
        }",
    ),
];

impl World {
    /// The schema as SDL.
    pub(crate) fn schema(self) -> String {
        let mut text = String::from("type Query\ntype Mutation\ntype Subscription\n");
        text.push_str(HEAD);
        for port in 0..self.ports {
            text.push_str(&self.of_port(PORT, port));
        }
        text
    }

    /// The first operations: file names and texts. There are four to a port.
    pub(crate) fn documents(self, count: usize) -> Vec<(String, String)> {
        let ports = (0..self.ports).flat_map(|port| OPERATIONS.map(|it| (port, it)));
        let mut documents = Vec::new();
        for (port, (stem, text)) in ports.take(count) {
            let name = self.of_port(stem, port) + ".graphql";
            documents.push((name, self.of_port(text, port)));
        }
        documents
    }

    /// A text with the number of a port and that of its neighbour; four ports are neighbours in a ring.
    fn of_port(self, text: &str, port: usize) -> String {
        let neighbour = (port / 4 * 4 + (port + 1) % 4).min(self.ports - 1);
        text.replace('%', &port.to_string())
            .replace('^', &neighbour.to_string())
    }
}
