//! The `_like` operator.

/// One piece of a `_like` pattern.
#[derive(Clone, Copy, PartialEq)]
enum Piece {
    AnyRun,
    AnyOne,
    Exactly(char),
}

/// Matches without regard to case; `%` stands for any run, `_` for one character, `\` escapes.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let pieces = pieces(pattern);
    let (mut at, mut piece) = (0, 0);
    // Where to go on when the last `%` has to swallow one character more.
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pieces.get(piece) {
            Some(Piece::AnyRun) => {
                retry = Some((piece + 1, at));
                piece += 1;
                continue;
            }
            Some(Piece::AnyOne) => {
                at += 1;
                piece += 1;
                continue;
            }
            Some(Piece::Exactly(wanted)) if text.get(at) == Some(wanted) => {
                at += 1;
                piece += 1;
                continue;
            }
            _ => {}
        }
        let Some((after_run, from)) = retry else {
            return false;
        };
        piece = after_run;
        at = from + 1;
        retry = Some((after_run, at));
    }
    pieces
        .get(piece..)
        .is_none_or(|rest| rest.iter().all(|piece| *piece == Piece::AnyRun))
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let literal = match character {
            '%' => {
                pieces.push(Piece::AnyRun);
                continue;
            }
            '_' => {
                pieces.push(Piece::AnyOne);
                continue;
            }
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        };
        pieces.extend(literal.to_lowercase().map(Piece::Exactly));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn like_knows_its_two_wildcards_and_their_escape() {
        let cases = [
            ("OpenSSL", "openssl", true),
            ("OpenSSL", "%ssl", true),
            ("OpenSSL", "open%", true),
            ("OpenSSL", "%EN%", true),
            ("OpenSSL", "open", false),
            ("OpenSSL", "open___", true),
            ("OpenSSL", "open____", false),
            ("100%", r"100\%", true),
            ("1000", r"100\%", false),
            ("a_b", r"a\_b", true),
            ("axb", r"a\_b", false),
            ("", "", true),
            ("", "%", true),
            ("aaab", "%a%b", true),
            ("mississippi", "m%iss%pi", true),
            ("mississippi", "m%iss%px", false),
        ];
        for (text, pattern, expected) in cases {
            assert_eq!(like(text, pattern), expected, "{text:?} like {pattern:?}");
        }
    }
}
