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
        let text = load::read(path).map_err(|problem| ConfigErrors::sorted(vec![problem]))?;
        let path = Arc::new(path.to_owned());
        let mut config = self.config.clone();
        let mut own: BTreeMap<String, usize> = BTreeMap::new();
        let mut problems = Vec::new();
        let mut added = 0;
        // Editors of some systems begin a file with a byte order mark.
        for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
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
            return Err(ConfigErrors::sorted(problems));
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
            ConfigErrors::sorted(vec![Problem { place: Place::Default, key: "seed".to_owned(), value, what }])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::origin::Node;
    use std::io::Write as _;

    fn loaded(text: &str) -> Loaded {
        let config = toml::from_str(text).expect("parses");
        Loaded { config, files: Vec::new(), warnings: Vec::new(), written: Node::empty() }
    }

    fn add(loaded: &mut Loaded, seeds: &str) -> Result<usize, Vec<String>> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(seeds.as_bytes()).expect("written");
        let name = format!("{}:", file.path().display());
        let result = loaded.add_seeds(file.path());
        result.map_err(|errors| errors.to_string().lines().map(|line| line.replace(&name, "")).collect())
    }

    #[test]
    fn seeds_join_their_site_or_make_one_for_each_domain() {
        let mut loaded = loaded("[[site]]\nname = \"a\"\ndomains = [\"a.example\"]\nseeds = []\n");
        let text = "# mine\n\nhttps://www.a.example/news\nhttps://b.example/\n  https://x.b.example/feed  \n";
        assert_eq!(add(&mut loaded, text), Ok(3));
        let sites: Vec<(&str, usize)> =
            loaded.config.sites.iter().map(|site| (site.name.as_str(), site.seeds.len())).collect();
        assert_eq!(sites, [("a", 1), ("b.example", 2)]);
        assert_eq!(loaded.config.sites[1].domains, ["b.example"]);
    }

    #[test]
    fn a_file_from_another_system_is_read() {
        let mut loaded = loaded("");
        assert_eq!(add(&mut loaded, "\u{feff}https://a.example/\r\n# mine\r\nhttps://b.example/\r\n"), Ok(2));
    }

    #[test]
    fn a_broken_line_is_named_and_nothing_is_added() {
        let mut loaded = loaded("");
        let errors = add(&mut loaded, "https://a.example/\nftp://a.example/\nhttps://me:hush@a.example:99/\n")
            .expect_err("broken");
        assert_eq!(
            errors,
            [
                "2: \"ftp://a.example/\": must be an http(s) URL: scheme `ftp` is not fetched; only http and https are",
                "3: \"https://…@a.example:99/\": port 99 is not among fetch.ports, 80, 443",
            ]
        );
        assert_eq!(loaded.config.sites, []);
    }

    #[test]
    fn a_fast_pace_for_loopback_is_not_lent_to_public_seeds() {
        let text = "politeness.delay = \"0ms\"\nfetch.allow_private = [\"127.0.0.0/8\"]\nfetch.ports = [443, 8001]\n";
        let mut loaded = loaded(text);
        assert_eq!(add(&mut loaded, "http://127.0.0.1:8001/\nhttp://127.0.7.1:8001/\n"), Ok(2));
        let errors = add(&mut loaded, "https://a.example/\n").expect_err("public");
        assert_eq!(errors, ["1: \"https://a.example/\": is a public host, and politeness.delay is only 0ms"]);
    }
}
