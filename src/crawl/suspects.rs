//! Which page killed the process: parse slots that survive a death, and the list of pages under suspicion.
//!
//! A worker writes the page's id into its slot before it decodes and clears it after. Nothing is synced: the
//! file outlives kill -9, which is what matters. At a start, pages found in slots are suspects; one found at
//! three starts is quarantined for a day, then tried alone, and freed by its first success.

use std::collections::{BTreeMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::CrawlError;
use crate::model::PageId;

/// One slot: twenty digits and a line feed.
const SLOT_BYTES: usize = 21;
/// Deaths of the process after which a page is quarantined.
const DEATHS: u32 = 3;
/// Suspects kept; the slots of a hundred deaths on the largest machine.
const MAX_SUSPECTS: usize = 10_000;

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The slot file, one fixed line a worker.
pub(super) struct Slots {
    file: File,
}

impl Slots {
    /// Opens the file, reads which pages were in slots, and clears it.
    pub(super) fn open(database: &Path, workers: u32) -> Result<(Slots, Vec<PageId>), CrawlError> {
        let path = beside(database, "-slots");
        let error = |source| CrawlError::Slots { path: path.clone(), source };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(error)?;
        let mut text = String::new();
        // A file that is no text was not written by us: nothing is known then.
        let _ = file.read_to_string(&mut text);
        let found: HashSet<i64> = text.lines().filter_map(|line| line.parse().ok()).filter(|id| *id > 0).collect();
        file.set_len(0).map_err(error)?;
        let slots = Slots { file };
        (0..workers).for_each(|index| slots.leave(index));
        Ok((slots, found.into_iter().map(PageId).collect()))
    }

    pub(super) fn enter(&self, index: u32, page: PageId) {
        self.write(index, page.0);
    }

    pub(super) fn leave(&self, index: u32) {
        self.write(index, 0);
    }

    fn write(&self, index: u32, id: i64) {
        let line = format!("{id:020}\n");
        // A slot that cannot be written (full disk) costs only the knowledge of who killed us.
        let _ = self.file.write_all_at(line.as_bytes(), u64::from(index) * SLOT_BYTES as u64);
    }
}

/// Pages under suspicion and the deaths that each was seen at. At most [`MAX_SUSPECTS`].
pub(super) struct Suspects {
    path: PathBuf,
    deaths: BTreeMap<i64, u32>,
}

impl Suspects {
    /// Reads the list; an empty one if there is none.
    pub(super) fn load(database: &Path) -> Result<Suspects, CrawlError> {
        let path = beside(database, "-suspects");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(CrawlError::Slots { path, source }),
        };
        let line = |line: &str| {
            let (page, deaths) = line.split_once(' ')?;
            Some((page.parse().ok()?, deaths.parse().ok()?))
        };
        Ok(Suspects { deaths: text.lines().filter_map(line).take(MAX_SUSPECTS).collect(), path })
    }

    /// Counts one more death for these pages; tells which have now reached the limit.
    pub(super) fn accuse(&mut self, found: &[PageId]) -> Result<Vec<PageId>, CrawlError> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        for page in found {
            *self.deaths.entry(page.0).or_default() += 1;
        }
        while self.deaths.len() > MAX_SUSPECTS {
            self.deaths.pop_first();
        }
        self.save().map_err(|source| CrawlError::Slots { path: self.path.clone(), source })?;
        Ok(found.iter().filter(|page| self.deaths.get(&page.0).is_some_and(|d| *d >= DEATHS)).copied().collect())
    }

    /// A page that was parsed alone and survived is innocent.
    pub(super) fn free(&mut self, page: PageId) {
        if self.deaths.remove(&page.0).is_some()
            && let Err(error) = self.save()
        {
            tracing::warn!(path = %self.path.display(), %error, "the list of suspects cannot be written");
        }
    }

    /// Everybody on the list.
    pub(super) fn pages(&self) -> HashSet<PageId> {
        self.deaths.keys().copied().map(PageId).collect()
    }

    fn save(&self) -> std::io::Result<()> {
        if self.deaths.is_empty() {
            return std::fs::remove_file(&self.path);
        }
        let new = beside(&self.path, ".new");
        let mut file = File::create(&new)?;
        for (page, deaths) in &self.deaths {
            writeln!(file, "{page} {deaths}")?;
        }
        std::fs::rename(&new, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_a_slot_at_three_starts_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("m.db");
        let start = |dies_in: &[i64]| {
            let mut suspects = Suspects::load(&database).expect("loads");
            let (slots, found) = Slots::open(&database, 2).expect("opens");
            let told = suspects.accuse(&found).expect("saves");
            for (index, page) in dies_in.iter().enumerate() {
                slots.enter(index as u32, PageId(*page));
            }
            told
        };

        assert_eq!(start(&[7, 8]), []);
        assert_eq!(start(&[7]), []);
        assert_eq!(start(&[7]), []);
        assert_eq!(start(&[]), [PageId(7)]);
        assert_eq!(start(&[]), []);
    }

    #[test]
    fn a_slot_that_was_left_accuses_nobody_and_a_success_frees() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("m.db");
        let (slots, _) = Slots::open(&database, 1).expect("opens");
        slots.enter(0, PageId(5));
        slots.leave(0);
        assert_eq!(Slots::open(&database, 1).expect("opens").1, []);

        let mut suspects = Suspects::load(&database).expect("loads");
        suspects.accuse(&[PageId(5)]).expect("saves");
        assert_eq!(Suspects::load(&database).expect("loads").pages(), HashSet::from([PageId(5)]));
        suspects.free(PageId(5));
        assert!(Suspects::load(&database).expect("loads").pages().is_empty());
    }
}
