//! Which addresses may be dialled: names, literals and ports are checked before anything is sent.
//!
//! What is not plainly public is refused unless `fetch.allow_private` names it. Names are resolved through
//! [`super::resolver`], which asks this filter for each address, so that the address that was checked is the
//! address that is dialled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config;
use crate::model::{PageUrl, Refusal};

use super::FetchError;

/// What may be dialled.
#[derive(Debug, Clone)]
pub struct AddressFilter {
    ports: Vec<u16>,
    allowed: Vec<Range>,
}

impl AddressFilter {
    /// Takes ports and private ranges from the configuration.
    ///
    /// # Errors
    /// [`FetchError::Range`] for a range that is no CIDR block.
    pub fn new(cfg: &config::Fetch) -> Result<AddressFilter, FetchError> {
        let allowed = cfg.allow_private.iter().map(|text| Range::parse(text)).collect::<Result<_, _>>()?;
        Ok(AddressFilter { ports: cfg.ports.clone(), allowed })
    }

    /// Checks the port and the host of an address as far as they can be without resolving a name.
    ///
    /// # Errors
    /// The [`Refusal`] that says what is wrong.
    pub fn check(&self, url: &PageUrl) -> Result<(), Refusal> {
        if !self.ports.contains(&url.port()) {
            return Err(Refusal::Port { port: url.port() });
        }
        let refused = || Err(Refusal::Address { address: url.host_name().to_owned() });
        match url.host_address() {
            Some(url::Host::Domain(name)) if is_host_name(name) => Ok(()),
            Some(url::Host::Ipv4(address)) if self.permits(address.into()) => Ok(()),
            Some(url::Host::Ipv6(address)) if self.permits(address.into()) => Ok(()),
            Some(_) | None => refused(),
        }
    }

    /// Whether an address may be dialled.
    pub fn permits(&self, address: IpAddr) -> bool {
        is_public(address) || self.allowed.iter().any(|range| range.contains(address))
    }
}

/// A CIDR block.
#[derive(Debug, Clone, Copy)]
struct Range {
    base: IpAddr,
    bits: u8,
}

impl Range {
    fn parse(text: &str) -> Result<Range, FetchError> {
        let error = || FetchError::Range(text.to_owned());
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base, Some(bits)),
            None => (text.trim(), None),
        };
        let base: IpAddr = base.parse().map_err(|_| error())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| error())?;
        if bits > most { Err(error()) } else { Ok(Range { base, bits }) }
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => same_v4(base, address, self.bits),
            (IpAddr::V6(base), IpAddr::V6(address)) => same_v6(base, address, self.bits),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

fn same_v4(a: Ipv4Addr, b: Ipv4Addr, bits: u8) -> bool {
    let shift = 32 - u32::from(bits);
    (a.to_bits() ^ b.to_bits()).checked_shr(shift).unwrap_or(0) == 0
}

fn same_v6(a: Ipv6Addr, b: Ipv6Addr, bits: u8) -> bool {
    let shift = 128 - u32::from(bits);
    (a.to_bits() ^ b.to_bits()).checked_shr(shift).unwrap_or(0) == 0
}

/// Ranges that no public server has.
///
/// # Source
/// IANA IPv4 Special-Purpose Address Registry; multicast (RFC 5771) and class E (RFC 1112).
const NOT_PUBLIC_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::BROADCAST, 32),
];

/// # Source
/// IANA IPv6 Special-Purpose Address Registry; site-local addresses (RFC 3879) are still routed in places.
const NOT_PUBLIC_V6: [(Ipv6Addr, u8); 12] = [
    // Unspecified, loopback and IPv4-compatible; mapped ones are looked at as IPv4 first.
    (Ipv6Addr::UNSPECIFIED, 64),
    // NAT64 for local use.
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 48),
    // Teredo, benchmarking, ORCHID and other protocol assignments.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8),
];

/// Whether an address is a public server's; an IPv6 address that leads to an IPv4 one is judged by that too.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|(base, bits)| same_v4(*base, address, *bits)),
        IpAddr::V6(address) => {
            !NOT_PUBLIC_V6.iter().any(|(base, bits)| same_v6(*base, address, *bits))
                && inner_v4(address).is_none_or(|inner| is_public(inner.into()))
        }
    }
}

/// The IPv4 address inside a NAT64 (RFC 6052) or 6to4 (RFC 3056) address.
fn inner_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let join = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

/// Whether a name can stand in the DNS: labels of 1 to 63 characters, no hyphen at their ends.
///
/// # Source
/// RFC 1123 §2.1; underscores are let through because names with them resolve in practice.
fn is_host_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    !name.is_empty()
        && name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(allow_private: &[&str]) -> Result<AddressFilter, FetchError> {
        let allow_private = allow_private.iter().map(|text| (*text).to_owned()).collect();
        AddressFilter::new(&config::Fetch { allow_private, ..config::Fetch::default() })
    }

    fn permits(allow_private: &[&str], address: &str) -> bool {
        filter(allow_private).expect("valid").permits(address.parse().expect("an address"))
    }

    #[test]
    fn a_private_address_is_dialled_only_inside_an_allowed_range() {
        assert!(permits(&[], "1.1.1.1"));
        assert!(permits(&[], "2606:4700::1111"));
        assert!(!permits(&[], "10.1.2.3"));
        assert!(permits(&["10.1.0.0/16"], "10.1.2.3"));
        assert!(permits(&["10.1.0.0/16"], "::ffff:10.1.2.3"));
        assert!(!permits(&["10.1.0.0/16"], "10.2.2.3"));
        assert!(permits(&["127.0.0.1"], "127.0.0.1"));
        assert!(!permits(&["127.0.0.1"], "127.0.0.2"));
        assert!(permits(&["0.0.0.0/0"], "192.168.1.1"));
        assert!(!permits(&["0.0.0.0/0"], "::1"));
        assert!(permits(&["fd00::/8"], "fd12::1"));
    }

    #[test]
    fn a_range_that_is_none_is_named() {
        for bad in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "example.com", "10.0.0.0/-1"] {
            assert!(matches!(filter(&[bad]), Err(FetchError::Range(text)) if text == bad), "{bad}");
        }
    }

    #[test]
    fn a_host_name_must_be_one_that_can_resolve() {
        let check = |host: &str| {
            PageUrl::parse(&format!("http://{host}/")).is_ok_and(|url| filter(&[]).expect("valid").check(&url).is_ok())
        };
        for good in ["example.com", "example.com.", "a_b.example.com", "xn--4gbrim.example", "co"] {
            assert!(check(good), "{good}");
        }
        for bad in ["-a.com", "a-.com", "a..com", "..", &"a".repeat(64), &"a.".repeat(200)] {
            assert!(!check(bad), "{bad}");
        }
    }
}
