//! A file that appears under its name only when it is whole.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 256 << 10;

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Something has this name already; it was not touched.
    #[error("{0} exists already; --force replaces it")]
    Exists(PathBuf),
    /// The system says no.
    #[error("writing {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// A file in the making. Dropped unfinished, it leaves nothing behind.
///
/// It is written under another name in the same folder, flushed to the disk and then renamed. A symbolic link of
/// that name is replaced with `force` and refused without; it is never followed.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    force: bool,
    out: BufWriter<NamedTempFile>,
}

impl NewFile {
    /// Begins a file.
    ///
    /// # Errors
    /// [`ExportError::Exists`] without `force` if the name is taken, or the folder cannot be written.
    pub fn create(path: &Path, force: bool) -> Result<NewFile, ExportError> {
        let failed = |source| ExportError::Io { path: path.to_owned(), source };
        if !force && path.symlink_metadata().is_ok() {
            return Err(ExportError::Exists(path.to_owned()));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        let named = builder.prefix(".murasil-export-");
        let file = named.tempfile_in(folder).map_err(failed)?;
        Ok(NewFile { path: path.to_owned(), force, out: BufWriter::with_capacity(BUFFER, file) })
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// The disk is full, or the name was taken meanwhile.
    pub fn finish(self) -> Result<(), ExportError> {
        let NewFile { path, force, out } = self;
        let failed = |source| ExportError::Io { path: path.clone(), source };
        let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        let done = if force { file.persist(&path) } else { file.persist_noclobber(&path) };
        done.map(|_: File| ()).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => ExportError::Exists(path.clone()),
            _ => ExportError::Io { path: path.clone(), source: error.error },
        })
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, force: bool, text: &str) -> Result<(), ExportError> {
        let mut file = NewFile::create(path, force)?;
        file.write_all(text.as_bytes()).expect("written");
        file.finish()
    }

    #[test]
    fn a_file_that_exists_is_replaced_only_on_request() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.csv");
        write(&path, false, "one").expect("a new file");
        assert!(matches!(write(&path, false, "two"), Err(ExportError::Exists(_))));
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "one");
        write(&path, true, "three").expect("replaced");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "three");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_never_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (target, link) = (folder.path().join("precious"), folder.path().join("out.csv"));
        std::fs::write(&target, "precious").expect("written");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        assert!(matches!(write(&link, false, "new"), Err(ExportError::Exists(_))));
        write(&link, true, "new").expect("replaces the link");
        assert_eq!(std::fs::read_to_string(&target).expect("read"), "precious");
        assert_eq!(std::fs::read_to_string(&link).expect("read"), "new");
    }

    #[test]
    fn what_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(NewFile::create(&folder.path().join("out.csv"), false).expect("begun"));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}
