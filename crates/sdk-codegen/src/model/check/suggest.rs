//! "Did you mean": the known name that is most like an unknown one.

/// Help that names the nearest known name, if one is near.
pub(super) fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let lower = name.to_lowercase();
    let length = lower.chars().count();
    let near = if length < 4 { 1 } else { length / 3 + 1 };
    known
        .map(|known| (distance(&lower, &known.to_lowercase()), known))
        .filter(|(distance, _)| *distance <= near)
        .min()
        .map(|(_, known)| format!("did you mean `{known}`?"))
}

/// The number of letters to insert, remove or change (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((b, &diagonal), &above) in right.iter().zip(&row).zip(row.iter().skip(1)) {
            let before = next.last().copied().unwrap_or_default();
            next.push(
                (diagonal + usize::from(a != *b))
                    .min(above + 1)
                    .min(before + 1),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
