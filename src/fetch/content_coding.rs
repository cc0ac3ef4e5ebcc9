//! `Content-Encoding`, undone while it arrives: layer by layer, counted, and stopped at a limit.
//!
//! A bomb costs what it cost to send: decoding ends with the first byte over the limit, and every layer in
//! between has a bound of its own.
//!
//! # Source
//! RFC 9110 §8.4, RFC 1950–1952, RFC 7932, RFC 8878, RFC 9659 (window of zstd).

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Crc, Decompress, FlushDecompress, Status};
use zstd::stream::raw::{DParameter, Operation};

/// Layers that are undone; real servers use one, broken chains of proxies two.
const MAX_LAYERS: usize = 3;
/// Bytes that a layer gives at a time.
const STEP: usize = 16 << 10;
/// A layer in the middle may give this many times the limit.
const MIDDLE_FACTOR: u64 = 4;
/// Longest header of a gzip member (file name and comment are in it).
const MAX_GZIP_HEADER: usize = 64 << 10;
/// Binary logarithm of the largest zstd window: 8 MiB, as RFC 9659 has it.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Why a body cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodingError {
    /// A coding that we do not know.
    #[error("content coding `{0}` is unknown")]
    Unknown(String),
    /// More than three codings.
    #[error("more than {MAX_LAYERS} content codings")]
    TooMany,
    /// More decoded bytes than the limit.
    #[error("larger than the limit")]
    TooLarge,
    /// The stream is broken.
    #[error("broken {0} stream")]
    Broken(&'static str),
    /// The stream ended before its end.
    #[error("{0} stream ended early")]
    Truncated(&'static str),
}

/// Decodes one body.
pub struct Decoder {
    /// Outermost first.
    layers: Vec<Layer>,
    body: Vec<u8>,
    limit: u64,
}

struct Layer {
    coding: Coding,
    given: u64,
    /// What one step gives.
    out: Box<[u8]>,
}

enum Coding {
    Gzip(Gzip),
    Deflate(Deflate),
    Brotli(Box<Brotli>),
    Zstd { decoder: zstd::stream::raw::Decoder<'static>, at_end: bool },
}

impl Decoder {
    /// A decoder for the values of `Content-Encoding`, joined by commas, in the order of the header.
    ///
    /// Names are compared without case; `x-gzip` is gzip, `identity` and misplaced charsets are nothing. A body
    /// that is a gzip file in itself is unpacked too, `files` times at most.
    ///
    /// # Errors
    /// [`CodingError::Unknown`] and [`CodingError::TooMany`].
    pub fn new(content_encoding: &str, files: usize, limit: u64) -> Result<Decoder, CodingError> {
        let mut layers = Vec::new();
        for name in content_encoding.split(',').map(str::trim).rev() {
            let coding = match name.to_ascii_lowercase().as_str() {
                "" | "identity" | "none" | "utf-8" | "utf8" | "binary" => continue,
                "gzip" | "x-gzip" => Coding::Gzip(Gzip::default()),
                "deflate" | "x-deflate" => Coding::Deflate(Deflate::default()),
                "br" => Coding::Brotli(Box::default()),
                "zstd" => zstd_decoder()?,
                _ => return Err(CodingError::Unknown(name.chars().take(40).collect())),
            };
            if layers.len() == MAX_LAYERS {
                return Err(CodingError::TooMany);
            }
            layers.push(Layer::new(coding));
        }
        layers.extend((0..files).map(|_| Layer::new(Coding::Gzip(Gzip::default()))));
        Ok(Decoder { layers, body: Vec::new(), limit })
    }

    /// Takes the next bytes from the wire.
    ///
    /// # Errors
    /// [`CodingError::TooLarge`] at the limit (what was decoded until there can be had), [`CodingError::Broken`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), CodingError> {
        feed(&mut self.layers, bytes, &mut self.body, self.limit)
    }

    /// What was decoded until now.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Changes the limit. False if more than that was decoded already.
    pub fn set_limit(&mut self, limit: u64) -> bool {
        self.limit = limit;
        self.body.len() as u64 <= limit
    }

    /// Checks that every layer has come to its end, and gives the body.
    ///
    /// # Errors
    /// [`CodingError::Truncated`].
    pub fn finish(mut self) -> Result<Vec<u8>, CodingError> {
        for at in 0..self.layers.len() {
            let (_, rest) = self.layers.split_at_mut(at);
            let Some((layer, inner)) = rest.split_first_mut() else { break };
            let left = layer.finish()?;
            feed(inner, &left, &mut self.body, self.limit)?;
        }
        Ok(self.body)
    }

    /// What was decoded until now, complete or not.
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }
}

/// Sends bytes through the layers into the body.
fn feed(layers: &mut [Layer], mut input: &[u8], body: &mut Vec<u8>, limit: u64) -> Result<(), CodingError> {
    let Some((layer, inner)) = layers.split_first_mut() else {
        let room = limit.saturating_sub(body.len() as u64);
        let taken = input.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        body.extend_from_slice(&input[..taken]);
        return if taken < input.len() { Err(CodingError::TooLarge) } else { Ok(()) };
    };
    loop {
        let (consumed, produced) = layer.coding.step(input, &mut layer.out)?;
        input = &input[consumed..];
        layer.given += produced as u64;
        if layer.given > limit.saturating_mul(MIDDLE_FACTOR).saturating_add(STEP as u64) {
            return Err(CodingError::TooLarge);
        }
        feed(inner, &layer.out[..produced], body, limit)?;
        if (consumed, produced) == (0, 0) || input.is_empty() && produced < layer.out.len() {
            return Ok(());
        }
    }
}

impl Layer {
    fn new(coding: Coding) -> Layer {
        Layer { coding, given: 0, out: vec![0; STEP].into_boxed_slice() }
    }

    /// Bytes that were held back, if the layer is at its end.
    fn finish(&mut self) -> Result<Vec<u8>, CodingError> {
        match &mut self.coding {
            Coding::Gzip(gzip) => gzip.finish(),
            Coding::Deflate(deflate) => deflate.finish(),
            Coding::Brotli(brotli) if brotli.at_end || brotli.fresh => Ok(Vec::new()),
            Coding::Brotli(_) => Err(CodingError::Truncated("br")),
            Coding::Zstd { at_end: true, .. } => Ok(Vec::new()),
            Coding::Zstd { at_end: false, .. } => Err(CodingError::Truncated("zstd")),
        }
    }
}

impl Coding {
    /// One step: bytes consumed and produced. Neither means that more input is needed.
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<(usize, usize), CodingError> {
        match self {
            Coding::Gzip(gzip) => gzip.step(input, out),
            Coding::Deflate(deflate) => deflate.step(input, out),
            Coding::Brotli(brotli) => brotli.step(input, out),
            Coding::Zstd { decoder, at_end } => {
                if input.is_empty() && *at_end {
                    return Ok((0, 0));
                }
                let status = decoder.run_on_buffers(input, out).map_err(|_| CodingError::Broken("zstd"))?;
                if (status.bytes_read, status.bytes_written) != (0, 0) {
                    *at_end = status.remaining == 0;
                }
                Ok((status.bytes_read, status.bytes_written))
            }
        }
    }
}

fn zstd_decoder() -> Result<Coding, CodingError> {
    let mut decoder = zstd::stream::raw::Decoder::new().map_err(|_| CodingError::Broken("zstd"))?;
    decoder.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG)).map_err(|_| CodingError::Broken("zstd"))?;
    Ok(Coding::Zstd { decoder, at_end: true })
}

/// gzip with any number of members. What is no gzip at all goes through as it is, and so does an end of junk get lost:
/// both are common, and neither can hide anything.
#[derive(Default)]
struct Gzip {
    state: GzipState,
    held: Vec<u8>,
    crc: Crc,
}

#[derive(Default)]
enum GzipState {
    /// Before the first member.
    #[default]
    Start,
    /// In the header of a member.
    Header,
    Data(Box<Decompress>),
    /// In the eight bytes after the data.
    Trailer,
    /// After a member: another one, or junk.
    Between,
    /// Not gzip: as it is.
    Plain,
    /// Junk after the end.
    Junk,
}

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

impl Gzip {
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<(usize, usize), CodingError> {
        match &mut self.state {
            GzipState::Plain => {
                let count = input.len().min(out.len());
                out[..count].copy_from_slice(&input[..count]);
                Ok((count, count))
            }
            GzipState::Junk => Ok((input.len(), 0)),
            GzipState::Start | GzipState::Between => Ok(self.begin(input, out)),
            GzipState::Header => self.header(input),
            GzipState::Data(inflate) => {
                let (consumed, produced, at_end) = inflated(inflate, input, out).ok_or(CodingError::Broken("gzip"))?;
                self.crc.update(&out[..produced]);
                if at_end {
                    self.state = GzipState::Trailer;
                }
                Ok((consumed, produced))
            }
            GzipState::Trailer => self.trailer(input),
        }
    }

    /// Looks for the magic number of a member; holds its first byte back until the second has come.
    fn begin(&mut self, input: &[u8], out: &mut [u8]) -> (usize, usize) {
        let count = input.len().min(2 - self.held.len());
        self.held.extend_from_slice(&input[..count]);
        if self.held == GZIP_MAGIC {
            self.state = GzipState::Header;
        } else if !GZIP_MAGIC.starts_with(&self.held) {
            if matches!(self.state, GzipState::Between) {
                self.state = GzipState::Junk;
                self.held.clear();
                return (count, 0);
            }
            self.state = GzipState::Plain;
            let held = std::mem::take(&mut self.held);
            out[..held.len()].copy_from_slice(&held);
            return (count, held.len());
        }
        (count, 0)
    }

    fn header(&mut self, input: &[u8]) -> Result<(usize, usize), CodingError> {
        let before = self.held.len();
        let count = input.len().min(MAX_GZIP_HEADER - before.min(MAX_GZIP_HEADER));
        if count == 0 && !input.is_empty() {
            return Err(CodingError::Broken("gzip"));
        }
        self.held.extend_from_slice(&input[..count]);
        if self.held.get(2).is_some_and(|method| *method != 8) {
            return Err(CodingError::Broken("gzip"));
        }
        let Some(length) = gzip_header_length(&self.held) else { return Ok((count, 0)) };
        self.held.clear();
        self.crc.reset();
        self.state = GzipState::Data(Box::new(Decompress::new(false)));
        Ok((length.saturating_sub(before), 0))
    }

    fn trailer(&mut self, input: &[u8]) -> Result<(usize, usize), CodingError> {
        let count = input.len().min(8 - self.held.len());
        self.held.extend_from_slice(&input[..count]);
        if let Some(sum) = self.held.first_chunk::<4>()
            && self.held.len() == 8
        {
            if u32::from_le_bytes(*sum) != self.crc.sum() {
                return Err(CodingError::Broken("gzip"));
            }
            self.held.clear();
            self.state = GzipState::Between;
        }
        Ok((count, 0))
    }

    fn finish(&mut self) -> Result<Vec<u8>, CodingError> {
        match self.state {
            GzipState::Start => Ok(std::mem::take(&mut self.held)),
            GzipState::Between | GzipState::Plain | GzipState::Junk => Ok(Vec::new()),
            GzipState::Header | GzipState::Data(_) | GzipState::Trailer => Err(CodingError::Truncated("gzip")),
        }
    }
}

/// Length of a member's header, or `None` while it is not complete.
fn gzip_header_length(header: &[u8]) -> Option<usize> {
    let flags = *header.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*header.get(10)?, *header.get(11)?]));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            at += header.get(at..)?.iter().position(|byte| *byte == 0)? + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    (header.len() >= at).then_some(at)
}

/// `deflate` means zlib by the standard and raw deflate by some servers; the first two bytes tell.
#[derive(Default)]
struct Deflate {
    held: Vec<u8>,
    inflate: Option<Box<Decompress>>,
    at_end: bool,
}

impl Deflate {
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<(usize, usize), CodingError> {
        if self.at_end {
            return Ok((input.len(), 0));
        }
        let error = CodingError::Broken("deflate");
        if let Some(inflate) = &mut self.inflate {
            let (consumed, produced, at_end) = inflated(inflate, input, out).ok_or(error)?;
            self.at_end = at_end;
            return Ok((consumed, produced));
        }
        let count = input.len().min(2 - self.held.len());
        self.held.extend_from_slice(&input[..count]);
        let [method, flags] = self.held[..] else { return Ok((count, 0)) };
        let zlib = method & 15 == 8 && (u16::from(method) << 8 | u16::from(flags)) % 31 == 0;
        // Two bytes give far less than a step holds, so they are consumed whole.
        let inflate = self.inflate.insert(Box::new(Decompress::new(zlib)));
        let (_, produced, at_end) = inflated(inflate, &[method, flags], out).ok_or(error)?;
        self.at_end = at_end;
        Ok((count, produced))
    }

    fn finish(&self) -> Result<Vec<u8>, CodingError> {
        let untouched = self.inflate.is_none() && self.held.is_empty();
        if self.at_end || untouched { Ok(Vec::new()) } else { Err(CodingError::Truncated("deflate")) }
    }
}

/// One step of inflation: consumed, produced, at the end; `None` if the stream is broken.
fn inflated(inflate: &mut Decompress, input: &[u8], out: &mut [u8]) -> Option<(usize, usize, bool)> {
    let (in_before, out_before) = (inflate.total_in(), inflate.total_out());
    let status = inflate.decompress(input, out, FlushDecompress::None).ok()?;
    let consumed = usize::try_from(inflate.total_in() - in_before).ok()?;
    let produced = usize::try_from(inflate.total_out() - out_before).ok()?;
    match status {
        Status::Ok | Status::BufError => Some((consumed, produced, false)),
        Status::StreamEnd => Some((consumed, produced, true)),
    }
}

struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    /// Nothing has come yet.
    fresh: bool,
    at_end: bool,
}

impl Default for Brotli {
    fn default() -> Brotli {
        let alloc = StandardAlloc::default;
        Brotli { state: BrotliState::new_strict(alloc(), alloc(), alloc()), fresh: true, at_end: false }
    }
}

impl Brotli {
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<(usize, usize), CodingError> {
        if self.at_end {
            return Ok((input.len(), 0));
        }
        self.fresh &= input.is_empty();
        let (mut to_read, mut consumed, mut room, mut produced, mut total) = (input.len(), 0, out.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut to_read,
            &mut consumed,
            input,
            &mut room,
            &mut produced,
            out,
            &mut total,
            &mut self.state,
        );
        match result {
            BrotliResult::ResultSuccess => self.at_end = true,
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultFailure => return Err(CodingError::Broken("br")),
        }
        Ok((consumed, produced))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    fn decode(codings: &str, body: &[u8], piece: usize) -> Result<Vec<u8>, CodingError> {
        let mut decoder = Decoder::new(codings, 2, 100_000)?;
        for chunk in body.chunks(piece) {
            decoder.push(chunk)?;
        }
        decoder.finish()
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::GzBuilder::new()
            .filename("name")
            .comment("comment")
            .extra(vec![1, 2, 3])
            .write(Vec::new(), flate2::Compression::default());
        encoder.write_all(body).expect("writes");
        encoder.finish().expect("finishes")
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused_alike_in_whatever_pieces_they_come(
            codings in "(gzip|deflate|br|zstd)(, (gzip|deflate|br|zstd))?",
            body in proptest::collection::vec(any::<u8>(), 0..300),
            piece in 1usize..40,
        ) {
            // Which layer notices first that all is broken may differ.
            prop_assert_eq!(decode(&codings, &body, piece).ok(), decode(&codings, &body, 1000).ok());
        }

        #[test]
        fn what_was_packed_comes_out_in_whatever_pieces_it_comes(
            body in proptest::collection::vec(any::<u8>(), 3..60_000),
            piece in 1usize..5000,
        ) {
            prop_assume!(!body.starts_with(&GZIP_MAGIC));
            prop_assert_eq!(decode("gzip", &gzip(&body), piece), Ok(body.clone()));
            prop_assert_eq!(decode("gzip, gzip", &gzip(&gzip(&body)), piece), Ok(body.clone()));
            prop_assert_eq!(decode("", &body, piece), Ok(body));
        }
    }

    #[test]
    fn an_empty_body_is_an_empty_body_in_every_coding() {
        for coding in ["", "gzip", "deflate", "br", "zstd", "gzip, br"] {
            assert_eq!(decode(coding, b"", 1), Ok(Vec::new()), "{coding}");
        }
    }

    #[test]
    fn a_gzip_header_without_end_is_bounded() {
        let mut endless = vec![0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0];
        endless.resize(100_000, b'n');
        assert_eq!(decode("gzip", &endless, 1000), Err(CodingError::Broken("gzip")));
    }
}
