//! Seeds from a file of addresses, one a line, for `murasil run --seeds FILE`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::problem::{ConfigErrors, Place, Problem};
use super::validate::{check_pace, check_port};
use super::{Config, Loaded, Seed, Site, load};
use crate::model::PageUrl;

impl Loaded {
    /// Adds the seeds of a file: one address a line; blank lines and lines that start with `#` are passed over.
    ///
    /// A seed of a configured site joins it. The others make a site of their own for each registrable domain
    /// (or `host:port`), with the general settings. Returns how many seeds were added.
    ///
    /// # Errors
    /// Every line that is no address, or whose site would be asked faster than is allowed; then nothing is added.
    pub fn add_seeds(&mut self, path: &Path) -> Result<usize, ConfigErrors> {
        let text = load::read(path).map_err(|problem| ConfigErrors(vec![problem]))?;
        let path = Arc::new(path.to_owned());
        let mut config = self.config.clone();
        let mut own: BTreeMap<String, usize> = BTreeMap::new();
        let mut problems = Vec::new();
        let mut added = 0;
        for (n, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match add(&mut config, &mut own, self.config.sites.len(), line) {
                Ok(()) => added += 1,
                Err(what) => {
                    let place = Place::File(Arc::clone(&path), Some(n + 1));
                    problems.push(Problem { place, key: String::new(), value: Some(format!("\"{line}\"")), what });
                }
            }
        }
        if !problems.is_empty() {
            return Err(ConfigErrors(problems));
        }
        self.config = config;
        self.warnings.retain(|warning| warning.key != "site");
        Ok(added)
    }

    /// Adds one address, as a line of such a file would.
    ///
    /// # Errors
    /// Its site would be asked faster than is allowed, or its port is not configured.
    pub fn add_seed(&mut self, url: &PageUrl) -> Result<(), ConfigErrors> {
        let configured = self.config.sites.len();
        add(&mut self.config, &mut BTreeMap::new(), configured, url.as_str()).map_err(|what| {
            let value = Some(format!("\"{url}\""));
            ConfigErrors(vec![Problem { place: Place::Default, key: "seed".to_owned(), value, what }])
        })
    }
}

/// `configured` is the number of sites that stood in the configuration before.
fn add(config: &mut Config, own: &mut BTreeMap<String, usize>, configured: usize, line: &str) -> Result<(), String> {
    let url = PageUrl::parse(line).map_err(|error| format!("must be an http(s) URL: {error}"))?;
    let host = url.host();
    let fresh = Site::from_seed(&url);
    let known = config.sites[..configured].iter().position(|site| site.contains(&host));
    check_port(config, &url)?;
    let seed = Seed::Url(url.as_str().to_owned());
    if let Some(index) = known.or_else(|| own.get(&fresh.name).copied()) {
        config.sites[index].seeds.push(seed);
        return Ok(());
    }
    check_pace(config, &fresh)?;
    own.insert(fresh.name.clone(), config.sites.len());
    config.sites.push(fresh);
    Ok(())
}
