//! The log on standard error: text or JSON, one line an event whatever the web puts into it.

use std::fmt;
use std::io;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::debug_fn;

use super::{Global, LogFormat, text, wants_color};

/// Starts the log for the rest of the process. Verbs that only print are quiet unless something is odd.
///
/// The level is that of `-v` and `-q`, else of `MURASIL_LOG`, else of `RUST_LOG`.
///
/// # Errors
/// `MURASIL_LOG` or `RUST_LOG` is no filter.
pub(super) fn start(global: &Global, is_running: bool) -> anyhow::Result<()> {
    let filter = filter(global, is_running)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    match global.log_format {
        LogFormat::Text => builder
            .with_ansi(wants_color(global.color, &io::stderr()))
            .fmt_fields(debug_fn(write_field).delimited(" "))
            .with_writer(io::stderr)
            .init(),
        LogFormat::Json => builder.json().flatten_event(true).with_writer(SafeLines::stderr).init(),
    }
    Ok(())
}

fn filter(global: &Global, is_running: bool) -> anyhow::Result<EnvFilter> {
    let fixed = match (global.verbose, global.quiet) {
        (0, 0) => None,
        (0, 1) => Some("warn"),
        (0, _) => Some("error"),
        (1, _) => Some("warn,murasil=debug"),
        (_, _) => Some("info,murasil=trace"),
    };
    if let Some(level) = fixed {
        return Ok(EnvFilter::new(level));
    }
    for name in ["MURASIL_LOG", "RUST_LOG"] {
        match std::env::var(name) {
            Ok(text) if !text.trim().is_empty() => {
                return EnvFilter::try_new(&text).with_context(|| format!("{name}={text}"));
            }
            Ok(_) | Err(_) => {}
        }
    }
    Ok(EnvFilter::new(if is_running { "warn,murasil=info" } else { "warn" }))
}

/// A field for people. Its text may come from the web: control characters are escaped, so that it stays on its line.
fn write_field(
    out: &mut tracing_subscriber::fmt::format::Writer<'_>,
    field: &tracing::field::Field,
    value: &dyn fmt::Debug,
) -> fmt::Result {
    let value = text::visible(&format!("{value:?}"));
    match field.name() {
        "message" => out.write_str(&value),
        name => write!(out, "{name}={value}"),
    }
}

/// Writes JSON lines to a stream, without characters that JSON allows and terminals obey.
struct SafeLines<W>(W);

impl SafeLines<io::Stderr> {
    fn stderr() -> SafeLines<io::Stderr> {
        SafeLines(io::stderr())
    }
}

impl<W: io::Write> io::Write for SafeLines<W> {
    /// An event comes as one buffer.
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.write_all(text::terminal_safe_json(&String::from_utf8_lossy(buffer)).as_bytes())?;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A place that keeps what is logged, for tests.
#[cfg(test)]
#[derive(Clone, Default)]
struct Kept(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

#[cfg(test)]
impl io::Write for Kept {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Kept {
    type Writer = Kept;

    fn make_writer(&'a self) -> Kept {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::{info, info_span, subscriber::with_default};

    const EVIL: &str = "x\n2026-01-01T00:00:00Z ERROR forged\r\u{1b}[2J\u{9b}31m\u{2028}";

    fn log_evil() {
        let _span = info_span!("visit", name = EVIL).entered();
        info!(host = %EVIL, title = EVIL, "fetched {EVIL}");
    }

    fn text_of(kept: &Kept) -> String {
        String::from_utf8(kept.0.lock().expect("not poisoned").clone()).expect("is text")
    }

    #[test]
    fn a_field_cannot_forge_a_line_of_text() {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .fmt_fields(debug_fn(write_field).delimited(" "))
            .with_writer(kept.clone())
            .finish();
        with_default(subscriber, log_evil);
        let text = text_of(&kept);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.trim_end().chars().all(|c| !c.is_control() && c != '\u{2028}'), "{text:?}");
        assert!(text.contains("host=x\\n2026"), "{text}");
    }

    #[test]
    fn a_field_cannot_forge_a_line_of_json() {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_writer(move || SafeLines(writer.clone()))
            .finish();
        with_default(subscriber, log_evil);
        let text = text_of(&kept);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.trim_end().chars().all(|c| !c.is_control()), "{text:?}");
        let event: serde_json::Value = serde_json::from_str(&text).expect("is JSON");
        assert_eq!(event["title"], EVIL);
    }
}
