//! Names → addresses that may be dialled.
//!
//! reqwest asks this resolver for every connection, so what was checked is what is dialled. Answers are cached
//! by their TTL, at most [`CACHE_ENTRIES`] of them.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::time::Instant;

use crate::config;

use super::FetchError;
use super::address::AddressFilter;
use super::swept::{Swept, locked};
use super::text::printable;

/// Answers that are kept; a few hundred bytes each.
const CACHE_ENTRIES: u64 = 4096;
/// A shorter TTL counts as this, so that the pages of a visit are read from one address.
const SHORTEST_TTL: Duration = Duration::from_secs(30);
/// A longer TTL counts as this; papers move between networks.
const LONGEST_TTL: Duration = Duration::from_hours(1);
/// A name that does not exist is asked for again after this.
const LONGEST_NEGATIVE_TTL: Duration = Duration::from_mins(1);
/// Addresses of one name that are taken.
const MAX_ADDRESSES: usize = 16;

/// How long the address that answered in another's place is dialled before it.
const PREFERRED_FOR: Duration = LONGEST_TTL;

/// Why a name cannot be dialled.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum ResolveError {
    /// It has no address, or nobody answered.
    #[error("{0}")]
    Dns(String),
    /// None of its addresses may be dialled; this is the first.
    #[error("address {0} may not be dialled")]
    Address(IpAddr),
}

/// Resolves names and filters their addresses.
#[derive(Clone)]
pub(super) struct FilteringResolver {
    names: Names,
    filter: Arc<AddressFilter>,
    /// Host of the configured proxy, which may be private.
    proxy: Option<Arc<str>>,
    /// The addresses that answered where the first one did not, by name.
    preferred: Arc<Mutex<Swept<String, Preferred>>>,
}

/// An address that goes first.
#[derive(Clone, Copy)]
struct Preferred {
    address: IpAddr,
    until: Instant,
}

impl Preferred {
    fn holds(&self) -> bool {
        Instant::now() < self.until
    }
}

#[derive(Clone)]
enum Names {
    Hickory(TokioResolver),
    /// Without a readable resolver configuration the C library is asked: it knows the local names.
    System,
}

impl FilteringResolver {
    pub(super) fn new(
        cfg: &config::Fetch,
        filter: Arc<AddressFilter>,
        proxy: Option<Arc<str>>,
    ) -> Result<FilteringResolver, FetchError> {
        let names = match &cfg.resolver {
            config::Resolver::System(config::SystemResolver::System) => {
                match hickory_resolver::system_conf::read_system_conf() {
                    Ok((servers, options)) => Names::Hickory(build(servers, options)?),
                    Err(error) => {
                        tracing::warn!(
                            "the system's resolver configuration is unreadable ({error}); names are resolved by the C library"
                        );
                        Names::System
                    }
                }
            }
            config::Resolver::Servers(servers) => Names::Hickory(build(at(servers), ResolverOpts::default())?),
        };
        Ok(FilteringResolver { names, filter, proxy, preferred: Arc::new(Mutex::new(Swept::new())) })
    }

    /// This address of the name answered, and not the first one: it goes first for a while.
    ///
    /// Each address is tried in turn, for its part of the time that a connection may take; one that is dead would cost
    /// every connection seconds.
    pub(super) fn prefer(&self, name: &str, address: IpAddr) {
        let preferred = Preferred { address, until: Instant::now() + PREFERRED_FOR };
        *locked(&self.preferred).entry(name.to_owned(), Preferred::holds, || preferred) = preferred;
    }

    /// The addresses of a name that may be dialled, in the order in which they are tried; never empty.
    pub(super) async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, ResolveError> {
        let found = self.look_up(name).await?;
        let Some(first) = found.first().copied() else {
            return Err(ResolveError::Dns(format!("{} has no address", printable(name))));
        };
        if self.proxy.as_deref() == Some(name) {
            return Ok(found);
        }
        let mut permitted: Vec<IpAddr> = found.into_iter().filter(|address| self.filter.permits(*address)).collect();
        if permitted.is_empty() {
            return Err(ResolveError::Address(first));
        }
        let preferred = locked(&self.preferred).get(name).filter(|it| it.holds()).map(|it| it.address);
        if let Some(at) = permitted.iter().position(|address| Some(*address) == preferred) {
            permitted[..=at].rotate_right(1);
        }
        Ok(permitted)
    }

    async fn look_up(&self, name: &str) -> Result<Vec<IpAddr>, ResolveError> {
        let error = |what: String| ResolveError::Dns(format!("{}: {}", printable(name), printable(&what)));
        match &self.names {
            Names::Hickory(resolver) => {
                // A name with a dot is whole: the search list of the machine must not lead elsewhere.
                let whole =
                    if name.contains('.') && !name.ends_with('.') { format!("{name}.") } else { name.to_owned() };
                let found = resolver.lookup_ip(whole).await.map_err(|e| error(plain(&e.to_string())))?;
                Ok(found.iter().take(MAX_ADDRESSES).collect())
            }
            Names::System => {
                let found = tokio::net::lookup_host((name, 0)).await.map_err(|e| error(e.to_string()))?;
                Ok(found.take(MAX_ADDRESSES).map(|address| address.ip()).collect())
            }
        }
    }
}

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = FilteringResolver::resolve(&this, name.as_str()).await?;
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

fn at(servers: &[SocketAddr]) -> ResolverConfig {
    let servers = servers.iter().map(|server| {
        let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
        for connection in &mut connections {
            connection.port = server.port();
        }
        NameServerConfig::new(server.ip(), true, connections)
    });
    ResolverConfig::from_parts(None, Vec::new(), servers.collect())
}

fn build(servers: ResolverConfig, mut options: ResolverOpts) -> Result<TokioResolver, FetchError> {
    options.cache_size = CACHE_ENTRIES;
    options.positive_min_ttl = Some(SHORTEST_TTL);
    options.positive_max_ttl = Some(LONGEST_TTL);
    options.negative_max_ttl = Some(LONGEST_NEGATIVE_TTL);
    // Both kinds are asked for; IPv4 goes first because a broken IPv6 route is still the commoner fault.
    options.ip_strategy = hickory_resolver::config::LookupIpStrategy::Ipv4AndIpv6;
    TokioResolver::builder_with_config(servers, TokioRuntimeProvider::default())
        .with_options(options)
        .build()
        .map_err(|error| FetchError::Resolver(error.to_string()))
}
/// The resolver's words without its query, which says nothing that the name does not.
fn plain(words: &str) -> String {
    let words = words.split(" for Query").next().unwrap_or(words);
    words.trim_start_matches("DNS error: ").to_owned()
}
