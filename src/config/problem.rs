//! What is wrong with a configuration: where, which key, its value, and what is allowed.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::without_userinfo;

/// Longest value that is shown in an error, in characters.
const MAX_SHOWN: usize = 100;

/// Where something was written; sorts by file and line, then variables, then defaults.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In a file; the line counts from 1 and is `None` where the whole file is meant.
    File(Arc<PathBuf>, Option<usize>),
    /// In an environment variable.
    Variable(Arc<str>),
    /// Nowhere: the built-in default.
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File(path, Some(line)) => write!(f, "{}:{line}", visible(&path.to_string_lossy())),
            Place::File(path, None) => f.write_str(&visible(&path.to_string_lossy())),
            Place::Variable(name) => f.write_str(&visible(name)),
            Place::Default => f.write_str("built-in default"),
        }
    }
}

/// One thing that is wrong, or worth a word.
///
/// `Display` gives one line: `crawler.toml:14: politeness.delay = "50ms": must be at least 1s …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it was written.
    pub place: Place,
    /// The key with its tables, dotted; empty where no key is at fault.
    pub key: String,
    /// The value as TOML; `None` where a key is missing or the value does not matter.
    pub value: Option<String>,
    /// What is wrong and what is allowed.
    pub what: String,
}

impl Problem {
    /// A problem of a whole file or line.
    pub(super) fn of_place(place: Place, what: impl Into<String>) -> Problem {
        Problem { place, key: String::new(), value: None, what: what.into() }
    }

    /// The same without a value that may be a secret, or hold one.
    pub(super) fn without_secrets(mut self) -> Problem {
        let of_variable = matches!(&self.place, Place::Variable(name) if name.contains("SECRETS"));
        if of_variable || self.key.split('.').any(|part| part.starts_with("secrets")) {
            self.value = None;
        }
        self.value = self.value.as_deref().map(without_userinfo);
        self.what = without_userinfo(&self.what);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        match (self.key.is_empty(), &self.value) {
            (true, None) => {}
            (true, Some(value)) => write!(f, "{}: ", shown(value))?,
            (false, None) => write!(f, "{}: ", visible(&self.key))?,
            (false, Some(value)) => write!(f, "{} = {}: ", visible(&self.key), shown(value))?,
        }
        f.write_str(&visible(&self.what))
    }
}

/// Everything that is wrong with a configuration, by file and line, variables last; never empty.
///
/// `Display` gives one line a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<Problem>);

impl ConfigErrors {
    pub(super) fn sorted(problems: Vec<Problem>) -> ConfigErrors {
        let mut problems: Vec<Problem> = problems.into_iter().map(Problem::without_secrets).collect();
        problems.sort_by(|a, b| a.place.cmp(&b.place));
        ConfigErrors(problems)
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// Text without control characters, so that it stays one line and moves no cursor.
fn visible(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

fn shown(value: &str) -> String {
    let mut text: String = visible(value).chars().take(MAX_SHOWN + 1).collect();
    if text.chars().count() > MAX_SHOWN {
        text.pop();
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown_with_what_is_wrong_with_it() {
        let problem = |place: Place, key: &str, value: &str| {
            let value = Some(value.to_owned());
            ConfigErrors::sorted(vec![Problem { place, key: key.into(), value, what: "must be another".into() }])
        };
        for (place, key, value) in [
            (Place::Default, "site[a].secrets[#1].headers.Authorization", "\"Bearer hush\""),
            (Place::Variable("MURASIL_SITE__A__SECRETS".into()), "", "hush"),
            (Place::Default, "fetch.proxy", "\"ftp://me:hush@proxy.example/\""),
            (Place::Default, "site[a].seeds", "[\"http://me:hush@a.example:99/\"]"),
        ] {
            let shown = problem(place, key, value).to_string();
            assert!(!shown.contains("hush") && shown.contains("must be another"), "{shown}");
        }
    }

    #[test]
    fn a_problem_is_one_line_with_file_line_key_and_value() {
        let problem = Problem {
            place: Place::File(Arc::new("crawler.toml".into()), Some(14)),
            key: "politeness.delay".into(),
            value: Some("\"50ms\"".into()),
            what: "must be at least 1s".into(),
        };
        assert_eq!(problem.to_string(), "crawler.toml:14: politeness.delay = \"50ms\": must be at least 1s");
        let problem = Problem { value: Some("a\nb\u{1b}[31m".into()), ..problem };
        assert_eq!(problem.to_string().lines().count(), 1);
        assert!(!problem.to_string().contains('\u{1b}'));
    }
}
