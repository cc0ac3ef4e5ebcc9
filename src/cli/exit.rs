//! Exit codes, and how an error becomes one.

use std::io::ErrorKind;
use std::process::ExitCode;

use super::text;
use crate::config::ConfigErrors;
use crate::crawl::NotNow;
use crate::model::without_userinfo;
use crate::store::StoreError;

/// How the program ends. The numbers 75 and 78 are those of sysexits.h, so that service managers know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; also after SIGTERM that ended well.
    Done = 0,
    /// An error that none of the others describes.
    Error = 1,
    /// The arguments make no sense.
    Usage = 2,
    /// `run --once` has ended, but some sources could not be read.
    SomeSourcesFailed = 3,
    /// A profile's test gave another result than it expects.
    ProfileTestFailed = 4,
    /// Another instance uses the database.
    Locked = 5,
    /// The disk is full, or too full to begin.
    DiskLow = 6,
    /// It may work later.
    Temporary = 75,
    /// The configuration is wrong.
    Configuration = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Prints an error to standard error, each line beginning with `murasil: `, and says how to end.
///
/// Configuration errors are one a line; any other error is one line with its causes. Standard output that was
/// closed by its reader (`murasil articles | head`) is no error.
pub fn report(error: &anyhow::Error) -> Exit {
    if is_closed_pipe(error) {
        return Exit::Done;
    }
    match error.downcast_ref::<ConfigErrors>() {
        Some(ConfigErrors(problems)) => {
            for problem in problems {
                eprintln_quietly(&problem.to_string());
            }
        }
        None => eprintln_quietly(&without_userinfo(&format!("{error:#}"))),
    }
    of_error(error)
}

fn of_error(error: &anyhow::Error) -> Exit {
    if error.is::<ConfigErrors>() {
        return Exit::Configuration;
    }
    if error.chain().any(<dyn std::error::Error>::is::<NotNow>) {
        return Exit::Temporary;
    }
    match error.chain().find_map(|cause| cause.downcast_ref::<StoreError>()) {
        Some(StoreError::Locked { .. }) => Exit::Locked,
        Some(StoreError::Full { .. }) => Exit::DiskLow,
        Some(StoreError::Busy { .. }) => Exit::Temporary,
        Some(
            StoreError::Newer { .. }
            | StoreError::Older { .. }
            | StoreError::Foreign { .. }
            | StoreError::Missing { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Io { .. }
            | StoreError::Constraint { .. }
            | StoreError::Sql { .. }
            | StoreError::Closed { .. },
        )
        | None => Exit::Error,
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|io| io.kind() == ErrorKind::BrokenPipe)
}

/// One line; standard error that is closed is nobody's concern.
fn eprintln_quietly(line: &str) {
    use std::io::Write as _;
    // There is no other place to complain to.
    let _ = writeln!(std::io::stderr(), "murasil: {}", text::visible(line));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_a_quiet_end() {
        let closed = anyhow::Error::from(std::io::Error::from(ErrorKind::BrokenPipe)).context("printing");
        assert_eq!(report(&closed), Exit::Done);
        assert_eq!(of_error(&anyhow::anyhow!("x")), Exit::Error);
        assert_eq!(of_error(&ConfigErrors(Vec::new()).into()), Exit::Configuration);
    }
}
