//! Where the names below which strangers have theirs end. The list is compiled into each module that asks it, 700 kB of
//! code, so this one asks for all.

use psl::Suffix;

/// The public suffix of a host name without port; `None` if it has no label.
///
/// # Source
/// Public Suffix List, ICANN and private part.
#[inline(never)]
pub(crate) fn public_suffix(host_name: &str) -> Option<Suffix<'_>> {
    psl::suffix(host_name.as_bytes())
}

/// The registrable domain of a host name without port: the public suffix and the label before it; the name itself where
/// there is none.
pub fn registrable_domain(host_name: &str) -> &str {
    // The URL Standard reads a host whose last label is a number as an IPv4 address, or refuses it.
    let host = host_name.strip_suffix('.').unwrap_or(host_name);
    let last = host.rsplit('.').next().unwrap_or_default();
    if host_name.starts_with('[') || last.bytes().all(|b| b.is_ascii_digit()) {
        return host_name;
    }
    let suffix = public_suffix(host).map_or(0, |suffix| suffix.as_bytes().len());
    match host.len().saturating_sub(suffix + ".".len()) {
        0 => host_name,
        before => &host[host[..before].rfind('.').map_or(0, |dot| dot + 1)..],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_is_the_domain_of_the_list(
            labels in proptest::collection::vec("(www|a-b|com|co|uk|github|io|ck|jp|kobe|xn--p1ai|é)", 0..6),
            dot in "[.]?",
        ) {
            let name = format!("{}{dot}", labels.join("."));
            proptest::prop_assert_eq!(registrable_domain(&name), psl::domain_str(&name).unwrap_or(&name));
        }
    }
}
