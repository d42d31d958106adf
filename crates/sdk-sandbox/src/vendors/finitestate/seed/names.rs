//! Names in common use: weaknesses, licences, components.

/// Number and name.
pub(super) const WEAKNESSES: &[(&str, &str)] = &[
    ("20", "Improper Input Validation"),
    ("22", "Path Traversal"),
    ("78", "OS Command Injection"),
    ("79", "Cross-site Scripting"),
    (
        "119",
        "Improper Restriction of Operations within the Bounds of a Memory Buffer",
    ),
    ("125", "Out-of-bounds Read"),
    ("190", "Integer Overflow or Wraparound"),
    ("200", "Exposure of Sensitive Information"),
    ("287", "Improper Authentication"),
    ("295", "Improper Certificate Validation"),
    ("327", "Use of a Broken or Risky Cryptographic Algorithm"),
    ("400", "Uncontrolled Resource Consumption"),
    ("416", "Use After Free"),
    ("476", "NULL Pointer Dereference"),
    ("787", "Out-of-bounds Write"),
    ("798", "Use of Hard-coded Credentials"),
];

/// SPDX id, full name, copyleft strength, free by the FSF, approved by the OSI, deprecated id.
pub(super) type LicenseFacts = (
    &'static str,
    &'static str,
    Option<&'static str>,
    bool,
    bool,
    bool,
);

pub(super) const LICENSES: &[LicenseFacts] = &[
    ("MIT", "MIT License", None, true, true, false),
    ("Apache-2.0", "Apache License 2.0", None, true, true, false),
    (
        "BSD-3-Clause",
        "BSD 3-Clause \"New\" or \"Revised\" License",
        None,
        true,
        true,
        false,
    ),
    (
        "GPL-2.0",
        "GNU General Public License v2.0 only",
        Some("STRONG"),
        true,
        true,
        true,
    ),
    (
        "GPL-3.0-or-later",
        "GNU General Public License v3.0 or later",
        Some("STRONG"),
        true,
        true,
        false,
    ),
    (
        "LGPL-2.1-only",
        "GNU Lesser General Public License v2.1 only",
        Some("WEAK"),
        true,
        true,
        false,
    ),
    (
        "AGPL-3.0-only",
        "GNU Affero General Public License v3.0",
        Some("NETWORK"),
        true,
        true,
        false,
    ),
    (
        "MPL-2.0",
        "Mozilla Public License 2.0",
        Some("WEAK"),
        true,
        true,
        false,
    ),
    (
        "SSPL-1.0",
        "Server Side Public License, v 1",
        Some("MAXIMAL"),
        false,
        false,
        false,
    ),
    ("Zlib", "zlib License", None, true, true, false),
    ("curl", "curl License", None, false, false, false),
    ("OpenSSL", "OpenSSL License", None, true, false, false),
];

/// SPDX id and name.
pub(super) const EXCEPTIONS: &[(&str, &str)] = &[
    ("Classpath-exception-2.0", "Classpath exception 2.0"),
    ("GCC-exception-3.1", "GCC Runtime Library exception 3.1"),
    ("Linux-syscall-note", "Linux Syscall Note"),
    ("Nokia-Qt-exception-1.1", "Nokia Qt LGPL exception 1.1"),
];

/// Name, author, type, licence.
pub(super) const COMPONENTS: &[(&str, &str, &str, &str)] = &[
    (
        "openssl",
        "OpenSSL Software Foundation",
        "LIBRARY",
        "OpenSSL",
    ),
    ("busybox", "Erik Andersen", "APPLICATION", "GPL-2.0"),
    ("zlib", "Jean-loup Gailly", "LIBRARY", "Zlib"),
    ("curl", "Daniel Stenberg", "APPLICATION", "curl"),
    ("linux", "Linus Torvalds", "OPERATING_SYSTEM", "GPL-2.0"),
    ("dropbear", "Matt Johnston", "SERVICE", "MIT"),
    ("dnsmasq", "Simon Kelley", "SERVICE", "GPL-3.0-or-later"),
    ("hostapd", "Jouni Malinen", "SERVICE", "BSD-3-Clause"),
    ("sqlite", "D. Richard Hipp", "LIBRARY", "MIT"),
    ("libxml2", "Daniel Veillard", "LIBRARY", "MIT"),
    ("u-boot", "Wolfgang Denk", "FIRMWARE", "GPL-2.0"),
    ("mbedtls", "Arm Limited", "LIBRARY", "Apache-2.0"),
    ("lighttpd", "Jan Kneschke", "SERVICE", "BSD-3-Clause"),
    ("glibc", "GNU Project", "LIBRARY", "LGPL-2.1-only"),
    ("expat", "James Clark", "LIBRARY", "MIT"),
    ("qt", "The Qt Company", "FRAMEWORK", "LGPL-2.1-only"),
];
