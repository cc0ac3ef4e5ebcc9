//! Reads the configuration: a file, `conf.d/*.toml` beside it, the environment; then checks the whole.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::origin::{KeyPath, Node, Step};
use super::problem::{ConfigErrors, Place, Problem};
use super::{Config, Tls, environment, shape, validate};

/// The commented configuration that comes with the program, which `murasil init` writes.
pub const SHIPPED: &str = include_str!("../../crawler.toml");

/// Where a configuration is looked for if none is named, first to last.
pub const SEARCHED: [&str; 2] = ["crawler.toml", "/etc/murasil/crawler.toml"];

/// Largest file that is read, in bytes; a thousand sites take about a third of a MiB.
const MAX_FILE_BYTES: u64 = 32 << 20;

/// A configuration that holds, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The whole, complete: every site has its domains, paths are relative to the working folder or absolute.
    pub config: Config,
    /// Files that were read, in order; empty if only defaults hold.
    pub files: Vec<PathBuf>,
    /// What is allowed, but worth a word at every start.
    pub warnings: Vec<Problem>,
    /// As it was written, so that what is found wrong later can be named by its place.
    pub(super) written: Node,
}

impl Loaded {
    /// A problem that only the part which uses a key can see; `key` is dotted, `value` as it was written.
    ///
    /// The place is that of the key, or of the nearest table around it.
    pub fn problem(&self, key: &str, value: &str, what: &str) -> ConfigErrors {
        let place = self.written.place_of(&KeyPath::dotted(key));
        let value = Some(format!("\"{value}\""));
        ConfigErrors::sorted(vec![Problem { place, key: key.to_owned(), value, what: what.to_owned() }])
    }
}

/// Reads and checks the configuration.
///
/// `path` names the file; without it the first of [`SEARCHED`] is taken, and if there is none the defaults hold,
/// which have no sites. `environment` gives all variables; those named `MURASIL_…__…` set keys. Relative paths
/// are relative to the file's folder, whoever wrote them.
///
/// # Errors
/// Everything that is wrong, each with file and line or variable, key, value and what is allowed. Nothing of a
/// broken configuration is used.
pub fn load(path: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Loaded, ConfigErrors> {
    let main = match path {
        Some(path) => Some(path.to_owned()),
        None => SEARCHED.iter().map(PathBuf::from).find(|path| path.exists()),
    };
    let folder = main.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).to_owned();
    let files = match main {
        Some(main) => with_drop_ins(main).map_err(|problem| ConfigErrors::sorted(vec![problem]))?,
        None => Vec::new(),
    };
    let mut written = read_all(&files).map_err(ConfigErrors::sorted)?;
    let schema = shape::schema();
    let mut problems = environment::apply(&mut written, &schema, environment);
    problems.extend(shape::check(&mut written, &schema));
    let mut config = match decode(&written) {
        Ok(config) => config,
        Err(problem) => {
            // What the shape check took out may be missing now; then it has been reported already.
            if problems.is_empty() {
                problems.push(problem);
            }
            return Err(ConfigErrors::sorted(problems));
        }
    };
    problems.extend(validate::complete(&mut config, &written));
    if !problems.is_empty() {
        return Err(ConfigErrors::sorted(problems));
    }
    let warnings = warnings(&config, &written).into_iter().map(Problem::without_secrets).collect();
    place_files(&mut config, &folder);
    Ok(Loaded { config, files, warnings, written })
}

/// The file and those of `conf.d` beside it, in the order in which they are laid over each other.
fn with_drop_ins(main: PathBuf) -> Result<Vec<PathBuf>, Problem> {
    let folder = main.with_file_name("conf.d");
    let mut files = Vec::new();
    match std::fs::read_dir(&folder) {
        Ok(entries) => {
            for entry in entries {
                let path = entry.map_err(|error| unreadable(&folder, &error))?.path();
                let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
                if !hidden && path.extension().is_some_and(|extension| extension == "toml") {
                    files.push(path);
                }
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(unreadable(&folder, &error)),
    }
    files.sort();
    files.insert(0, main);
    Ok(files)
}

fn read_all(files: &[PathBuf]) -> Result<Node, Vec<Problem>> {
    let mut written = Node::empty();
    let mut problems = Vec::new();
    for file in files {
        let parsed = read(file).map_err(|problem| vec![problem]);
        match parsed.and_then(|text| Node::parse(&Arc::new(file.clone()), &text)) {
            Ok(tree) => written.merge(tree),
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok(written) } else { Err(problems) }
}

/// A file's text, at most [`MAX_FILE_BYTES`].
pub(super) fn read(path: &Path) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    let of_path = |line| Place::File(Arc::new(path.to_owned()), line);
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Problem::of_place(of_path(None), "is larger than 32 MiB"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        Problem::of_place(of_path(Some(line)), "must be UTF-8")
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound if path.extension().is_some_and(|ending| ending == "toml") => {
            "; `murasil init` writes a crawler.toml"
        }
        _ => "",
    };
    Problem::of_place(Place::File(Arc::new(path.to_owned()), None), format!("cannot be read: {error}{hint}"))
}

/// The shape check has let everything through that fits; what serde still refuses is reported with its path.
fn decode(written: &Node) -> Result<Config, Problem> {
    let plain = written.clone().into_toml();
    serde_path_to_error::deserialize::<_, Config>(plain).map_err(|error| {
        let steps = error.path().iter().filter_map(|segment| match segment {
            serde_path_to_error::Segment::Seq { index } => Some(Step::Index(*index)),
            serde_path_to_error::Segment::Map { key } => Some(Step::Key(key.clone())),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => None,
        });
        let path = KeyPath(steps.collect());
        Problem {
            place: written.place_of(&path),
            key: written.name_of(&path),
            value: written.find(&path).and_then(Node::text),
            what: error.inner().message().to_owned(),
        }
    })
}

fn warnings(config: &Config, written: &Node) -> Vec<Problem> {
    let mut warnings = Vec::new();
    let mut warn = |key: &str, what: &str| {
        let path = KeyPath::dotted(key);
        let value = written.find(&path).and_then(Node::text);
        warnings.push(Problem { place: written.place_of(&path), key: key.to_owned(), value, what: what.to_owned() });
    };
    if config.crawler.contact.is_empty() {
        warn("crawler.contact", "is empty; name a page or a mail address, so that site owners can reach you");
    }
    if config.sites.is_empty() {
        warn("site", "there are no sites; add [[site]] tables, or name seeds with --seeds");
    }
    for (n, site) in config.sites.iter().enumerate().filter(|(_, site)| site.tls == Tls::Unverified) {
        let path = KeyPath::dotted("site").index(n).key("tls");
        warnings.push(Problem {
            place: written.place_of(&path),
            key: written.name_of(&path),
            value: written.find(&path).and_then(Node::text),
            what: format!(
                "whoever is on the way can answer for {}, unnoticed; remove it once the certificate is right",
                site.domains.join(", ")
            ),
        });
    }
    warnings
}

/// Makes relative paths relative to the configuration's folder.
fn place_files(config: &mut Config, folder: &Path) {
    let crawler = &mut config.crawler;
    crawler.database = folder.join(&crawler.database);
    if crawler.archive != "none" {
        crawler.archive = folder.join(&crawler.archive).to_string_lossy().into_owned();
    }
    config.serve.socket = folder.join(&config.serve.socket);
    for test in config.profiles.values_mut().flat_map(|profile| &mut profile.test) {
        if let Some(file) = &mut test.file {
            *file = folder.join(&*file).to_string_lossy().into_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_states_every_default_as_the_code_has_it() {
        let mut shipped: Config = toml::from_str(SHIPPED).expect("parses");
        assert_eq!(shipped.sites.len(), 7);
        shipped.sites.clear();
        assert_eq!(shipped, Config::default());
    }

    #[test]
    fn the_shipped_file_names_every_key() {
        let lines: Vec<&str> = SHIPPED.lines().collect();
        for key in shape::leaf_keys(&shape::schema()) {
            let last = key.rsplit('.').find(|part| *part != "*").expect("a key has parts");
            let is_named = |line: &&&str| {
                let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                words.into_iter().any(|word| word == last) && line.contains('=')
            };
            assert!(lines.iter().any(|line| is_named(&line)), "crawler.toml does not show {key}");
        }
    }

    #[test]
    fn the_defaults_hold_without_any_file() {
        let written = Node::empty();
        let mut config = decode(&written).expect("defaults decode");
        assert_eq!(validate::complete(&mut config, &written), []);
        assert_eq!(config, Config::default());
    }

    #[test]
    fn an_exception_for_certificates_is_warned_about_with_its_line_and_hosts() {
        let text = "[crawler]\ncontact = \"https://a.example/\"\n[[site]]\nname = \"a\"\nseeds = [\"https://a.example/\"]\n\
                    tls = \"unverified\"\n[[site]]\nname = \"b\"\nseeds = [\"https://b.example/\"]\n";
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("crawler.toml");
        std::fs::write(&path, text).expect("writes");
        let loaded = load(Some(&path), std::iter::empty()).expect("holds");
        let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(
            warnings[0].contains("crawler.toml:6: site[a].tls = \"unverified\": whoever is on the way"),
            "{warnings:?}"
        );
        assert!(warnings[0].contains("for a.example"), "{warnings:?}");
    }

    #[test]
    fn serde_and_the_schema_agree() {
        // Whatever the shape check lets through, serde takes: the fallback in `decode` is for the unforeseen.
        let schema = shape::schema();
        let text =
            "[fetch]\nresolver = \"system\"\nports = [443]\n[[site]]\nname = \"a\"\nseeds = []\ndelay = \"1m\"\n";
        let mut tree = Node::parse(&Arc::new("a.toml".into()), text).expect("parses");
        assert_eq!(shape::check(&mut tree, &schema), []);
        assert!(decode(&tree).is_ok());
    }
}
