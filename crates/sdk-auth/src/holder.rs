//! The name under which this process holds leases: for people, who want to know which one it is.

use std::sync::LazyLock;

/// Process and machine, as far as they are known.
pub(crate) fn name() -> &'static str {
    static NAME: LazyLock<String> = LazyLock::new(|| {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
            .or_else(|_| std::fs::read_to_string("/etc/hostname"));
        named(std::process::id(), host.ok().as_deref())
    });
    &NAME
}

fn named(process: u32, host: Option<&str>) -> String {
    let shown: String = host
        .unwrap_or_default()
        .trim()
        .chars()
        .filter(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_'))
        .take(64)
        .collect();
    if shown.is_empty() {
        format!("process {process}")
    } else {
        format!("process {process} on {shown}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_named_by_process_and_machine() {
        assert_eq!(named(7, Some("web-1\n")), "process 7 on web-1");
        assert_eq!(named(7, Some("a\u{1b}[31m\"b")), "process 7 on a31mb");
        assert_eq!(named(7, Some("\n")), "process 7");
        assert_eq!(named(7, None), "process 7");
        assert!(name().starts_with("process "));
    }
}
