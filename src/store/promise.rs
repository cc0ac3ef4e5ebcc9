//! The answer of a job to the one who asked, who hears of it after COMMIT.

use tokio::sync::oneshot;

use super::StoreError;

/// A job's answer, kept until the group is committed.
pub(super) struct Promise<T> {
    reply: oneshot::Sender<Result<T, StoreError>>,
    /// What the job came to when it ran last; `None` before.
    done: Option<Result<T, StoreError>>,
}

impl<T> Promise<T> {
    pub(super) fn new(reply: oneshot::Sender<Result<T, StoreError>>) -> Promise<T> {
        Promise { reply, done: None }
    }

    /// Remembers the answer; gives the job's own error, if there is one.
    pub(super) fn keep(&mut self, done: Result<T, StoreError>) -> Result<(), StoreError> {
        let own = done.as_ref().map(|_| ()).map_err(Clone::clone);
        self.done = Some(done);
        own
    }

    /// Sends the answer, or the error of the group's transaction.
    pub(super) fn tell(self, group: Result<(), StoreError>) {
        let answer = match (group, self.done) {
            (Err(error), _) => Err(error),
            (Ok(()), Some(done)) => done,
            // A committed group ran all its jobs; a dropped reply would be read as a closed store.
            (Ok(()), None) => return,
        };
        // A caller that is gone has nobody to tell.
        let _ = self.reply.send(answer);
    }
}
