//! Seed addresses given beside the configuration: `murasil run --seeds FILE`.

use super::{Config, Seed, Site};
use crate::model::PageUrl;

/// Adds addresses, one a line, to the sites that they belong to, or makes a site of each other domain.
///
/// Blank lines and lines that begin with `#` are passed over; doubles are kept once.
///
/// # Errors
/// One message for each line that is no address, with its number; nothing is added then.
pub fn add_seeds(config: &mut Config, text: &str, file: &str) -> Result<(), Vec<String>> {
    let mut urls = Vec::new();
    let mut errors = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match PageUrl::parse(line) {
            Ok(url) => urls.push(url),
            Err(error) => errors.push(format!("{file}:{}: \"{line}\": {error}", index + 1)),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    for url in urls {
        let seed = Seed::Url(url.as_str().to_owned());
        let host = url.host();
        match config.sites.iter_mut().find(|site| site.contains(&host)) {
            Some(site) if site.seeds.contains(&seed) => {}
            Some(site) => site.seeds.push(seed),
            None => config.sites.push(Site::from_seed(&url)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_join_their_sites_or_make_new_ones() {
        let mut config = Config::default();
        let text = "# papers\nhttps://a.example/\n\nhttps://www.a.example/news\nhttps://a.example/\nhttp://127.0.0.1:81/\n";

        add_seeds(&mut config, text, "seeds.txt").expect("all are addresses");

        let sites: Vec<(&str, usize)> = config.sites.iter().map(|s| (s.name.as_str(), s.seeds.len())).collect();
        assert_eq!(sites, [("a.example", 2), ("127.0.0.1:81", 1)]);
    }

    #[test]
    fn a_bad_line_is_named_and_nothing_is_added() {
        let mut config = Config::default();

        let errors = add_seeds(&mut config, "https://a.example/\nftp://b.example/\n", "seeds.txt").expect_err("a bad line");

        assert_eq!(errors.len(), 1);
        assert!(errors[0].starts_with("seeds.txt:2: \"ftp://b.example/\": scheme `ftp`"), "{errors:?}");
        assert!(config.sites.is_empty());
    }
}
