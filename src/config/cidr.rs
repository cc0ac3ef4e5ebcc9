//! Address ranges in CIDR notation, as `fetch.allow_private` lists them.

use std::net::IpAddr;
use std::str::FromStr;

/// What a range may look like, for error messages.
pub const CIDR_FORM: &str = "an address range such as \"127.0.0.0/8\", \"10.1.2.3\" or \"fd00::/8\"";

/// A range of addresses; a lone address is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    base: u128,
    mask: u128,
    is_v4: bool,
}

impl Cidr {
    /// Whether the address lies in this range. IPv4 addresses mapped into IPv6 count as IPv4.
    pub fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.is_v4 && bits(address) & self.mask == self.base
    }
}

impl FromStr for Cidr {
    type Err = String;

    /// Reads `address/length` or a lone address. Bits behind the length must be zero, because a range that
    /// is written otherwise is usually a slip.
    fn from_str(text: &str) -> Result<Cidr, String> {
        let error = || format!("must be {CIDR_FORM}");
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| error())?;
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            Some(digits) if digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| error())?
            }
            Some(_) => return Err(error()),
            None => width,
        };
        if length > width {
            return Err(format!("has a length above {width}"));
        }
        let mask = if length == 0 { 0 } else { u128::MAX << (width - length) };
        let mask = if address.is_ipv4() { mask & u128::from(u32::MAX) } else { mask };
        let base = bits(address);
        if base & !mask != 0 {
            return Err(format!("has bits set behind its length /{length}"));
        }
        Ok(Cidr { base, mask, is_v4: address.is_ipv4() })
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_its_addresses_and_no_others() {
        for (range, inside, outside) in [
            ("127.0.0.0/8", "127.255.0.1", "128.0.0.0"),
            ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("::/0", "::1", "127.0.0.1"),
            ("fd00::/8", "fdff::1", "fe00::"),
            ("127.0.0.0/8", "::ffff:127.0.0.1", "::ffff:1.2.3.4"),
        ] {
            let range: Cidr = range.parse().expect("a range");
            assert!(range.contains(inside.parse().expect("an address")), "{inside}");
            assert!(!range.contains(outside.parse().expect("an address")), "{outside}");
        }
    }

    #[test]
    fn a_slip_in_a_range_is_refused() {
        for bad in ["", "127", "127.0.0.1/8", "127.0.0.0/33", "::/129", "127.0.0.0/", "127.0.0.0/+8", "a/8", "[::1]"] {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
    }
}
