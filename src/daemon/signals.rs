//! Unix signals as wishes.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// SIGTERM, SIGINT.
    Stop,
    /// SIGHUP.
    Reload,
}

/// The signals that we listen for.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    armed: bool,
}

impl Signals {
    /// Begins to listen.
    pub(super) fn listen() -> std::io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            armed: false,
        })
    }

    /// Waits for the next wish.
    pub(super) async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.terminate.recv() => Wish::Stop,
            _ = self.interrupt.recv() => Wish::Stop,
            _ = self.hang_up.recv() => Wish::Reload,
        }
    }

    /// Waits for the wish to stop; one to reload stays for [`Signals::next`].
    pub(super) async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Whether [`Signals::next_stop_ends_at_once`] was called.
    pub(super) fn is_stopping(&self) -> bool {
        self.armed
    }

    /// From now on a further SIGTERM or SIGINT ends the process at once, with exit code 1.
    ///
    /// A task of its own waits for it, so that it works while the main one is closing files.
    pub(super) fn next_stop_ends_at_once(&mut self) {
        if std::mem::replace(&mut self.armed, true) {
            return;
        }
        let listen = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
        let (Ok(mut terminate), Ok(mut interrupt)) = listen else { return };
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            eprintln!("murasil: ended at once by a second signal; pages in flight stay due");
            std::process::exit(1);
        });
    }
}
