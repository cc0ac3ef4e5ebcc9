//! What can go wrong with the files, in words that name the file and the cure.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::sql;

/// Why the store could not do what was asked.
///
/// Cloneable, because one failed commit is told to every visit of its group.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process owns the database.
    #[error("{path}: another murasil is using this database; stop it, or choose another file with --database")]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// A newer program wrote the file.
    #[error("{path}: written by a newer murasil (schema {found}, this program knows {known}); install that version")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema's number.
        found: i64,
        /// Our newest number.
        known: i64,
    },
    /// An older program wrote the file, and it was opened for reading only.
    #[error("{path}: written by an older murasil; start `murasil run` once to bring it up to date")]
    Older {
        /// The file.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{path}: not a database of murasil; choose another file with --database")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// There is no such file, and it was opened for reading only.
    #[error("{path}: no such database; `murasil run` creates it, --database names another")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full. Nothing of the group was stored; the same call may succeed once there is space.
    #[error("{path}: the disk is full; nothing was stored, free some space")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another program holds a write lock for too long.
    #[error("{path}: another program keeps the database locked for writing; end its transaction")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("{path}: the database is damaged; stop murasil and restore a backup or run `murasil recover`")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: Cause,
    },
    /// The disk, its permissions or the operating system refused.
    #[error("{path}: cannot be read or written; check the disk and the permissions of the file and its folder")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: Cause,
    },
    /// A value broke a rule of the schema: a bug. Only the visit that brought it was rolled back.
    #[error("{path}: refused by the schema; please report this")]
    Constraint {
        /// The file.
        path: PathBuf,
        /// Which rule.
        #[source]
        source: Cause,
    },
    /// Any other answer of SQLite: a bug.
    #[error("{path}: unexpected answer of the database; please report this")]
    Sql {
        /// The file.
        path: PathBuf,
        /// The answer.
        #[source]
        source: Cause,
    },
    /// The store was closed.
    #[error("{path}: the database was closed")]
    Closed {
        /// The file.
        path: PathBuf,
    },
}

/// What lies behind a [`StoreError`], for the chain of causes.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// An error inside the store, before the file's name is added.
#[derive(Debug)]
pub(super) enum Fault {
    /// In the results file.
    Results(sql::Error),
    /// In the file of raw pages.
    Archive(sql::Error),
}

impl From<sql::Error> for Fault {
    fn from(error: sql::Error) -> Fault {
        Fault::Results(error)
    }
}

impl StoreError {
    /// Names the file of a reader's error, or of one while the file was opened.
    pub(super) fn from_sqlx(path: &Path, error: sqlx::Error) -> StoreError {
        if let sqlx::Error::PoolClosed = error {
            return StoreError::Closed { path: path.to_owned() };
        }
        let code =
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).and_then(|code| code.parse().ok());
        StoreError::from_code(path, code, Arc::new(error))
    }

    /// Names the file of a writer's error.
    pub(super) fn from_sql(path: &Path, error: sql::Error) -> StoreError {
        let code = error.sqlite_error().map(|error| error.extended_code);
        StoreError::from_code(path, code, Arc::new(error))
    }

    /// Tells the causes apart that a caller treats differently, by SQLite's result code, if the error is SQLite's.
    fn from_code(path: &Path, extended: Option<i32>, source: Cause) -> StoreError {
        let path = path.to_owned();
        match extended.map(|code| code & 0xff) {
            // SQLITE_BUSY, SQLITE_LOCKED
            Some(5 | 6) => StoreError::Busy { path },
            // SQLITE_PERM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN
            Some(3 | 8 | 10 | 14) => StoreError::Io { path, source },
            // SQLITE_CORRUPT
            Some(11) => StoreError::Corrupt { path, source },
            // SQLITE_FULL
            Some(13) => StoreError::Full { path },
            // SQLITE_CONSTRAINT
            Some(19) => StoreError::Constraint { path, source },
            // SQLITE_NOTADB
            Some(26) => StoreError::Foreign { path },
            _ => StoreError::Sql { path, source },
        }
    }

    /// Names the file of an operating system's error.
    pub(super) fn from_io(path: &Path, error: std::io::Error) -> StoreError {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return StoreError::Full { path: path.to_owned() };
        }
        StoreError::Io { path: path.to_owned(), source: Arc::new(error) }
    }

    /// True if the disk or another program stands in the way: the same call may succeed later.
    pub fn is_disk(&self) -> bool {
        match self {
            StoreError::Full { .. } | StoreError::Busy { .. } | StoreError::Io { .. } => true,
            StoreError::Locked { .. }
            | StoreError::Newer { .. }
            | StoreError::Older { .. }
            | StoreError::Foreign { .. }
            | StoreError::Missing { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Constraint { .. }
            | StoreError::Sql { .. }
            | StoreError::Closed { .. } => false,
        }
    }

    /// True if only the job that met it is touched, and the transaction around it goes on.
    pub fn concerns_one_job(&self) -> bool {
        match self {
            StoreError::Constraint { .. } | StoreError::Sql { .. } => true,
            StoreError::Locked { .. }
            | StoreError::Newer { .. }
            | StoreError::Older { .. }
            | StoreError::Foreign { .. }
            | StoreError::Missing { .. }
            | StoreError::Full { .. }
            | StoreError::Busy { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Io { .. }
            | StoreError::Closed { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_file_and_the_cure() {
        let path = PathBuf::from("x.db");
        let text = StoreError::Locked { path: path.clone() }.to_string();
        assert!(text.starts_with("x.db: ") && text.contains("--database"), "{text}");
        let io = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert!(matches!(StoreError::from_io(&path, io), StoreError::Full { .. }));
    }
}
