//! Makes inputs out of inputs: small and large damage, words of a dictionary, pieces of other inputs, repetition.
//!
//! Deterministic: the same seed and the same corpus give the same inputs.

/// Pseudo-random numbers (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if that is 0.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, list: &'a [Vec<u8>]) -> &'a [u8] {
        list.get(self.below(list.len())).map_or(&[], Vec::as_slice)
    }

    /// A stretch of at most `most` bytes.
    fn range(&mut self, len: usize, most: usize) -> std::ops::Range<usize> {
        let start = self.below(len + 1);
        start..(start + self.below(most) + 1).min(len)
    }
}

/// Longest input that is made, in bytes.
const MAX_INPUT: usize = 96 << 10;
/// Bytes that readers treat in a way of their own.
const ODD: &[u8] = b"\0\t\n\r \"#$%&'*+,-./0189:;<=>?@[\\]^`{|}~\x7f\x80\xa0\xc3\xd8\xe2\xef\xfe\xff";

/// The next input: one of the corpus with one to eight changes.
pub(crate) fn input(dice: &mut Dice, corpus: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    let mut data = dice.pick(corpus).to_vec();
    for _ in 0..=dice.below(8) {
        change(dice, &mut data, corpus, words);
        data.truncate(MAX_INPUT);
    }
    data
}

fn change(dice: &mut Dice, data: &mut Vec<u8>, corpus: &[Vec<u8>], words: &[Vec<u8>]) {
    let at = dice.below(data.len() + 1);
    match dice.below(12) {
        0 | 1 => insert(data, at, dice.pick(words)),
        2 => {
            let word = dice.pick(words).to_vec();
            let range = dice.range(data.len(), word.len().max(4));
            data.splice(range, word);
        }
        3 => insert(data, at, &[ODD[dice.below(ODD.len())]]),
        4 => {
            if let Some(byte) = data.get_mut(at) {
                *byte = if dice.below(2) == 0 { ODD[dice.below(ODD.len())] } else { *byte ^ (1 << dice.below(8)) };
            }
        }
        5 => drop(data.drain(dice.range(data.len(), 64))),
        6 => data.truncate(at),
        7 => {
            let piece = data[dice.range(data.len(), 64)].to_vec();
            insert(data, at, &piece);
        }
        8 => {
            let piece = data[dice.range(data.len(), 32)].repeat(1 << dice.below(10));
            insert(data, at, &piece);
        }
        9 => {
            let word = dice.pick(words).repeat(1 << dice.below(10));
            insert(data, at, &word);
        }
        10 => {
            let other = dice.pick(corpus);
            let piece = other[dice.range(other.len(), 512)].to_vec();
            insert(data, at, &piece);
        }
        _ => {
            let number = dice.next() >> dice.below(64);
            insert(data, at, number.to_string().as_bytes());
        }
    }
}

fn insert(data: &mut Vec<u8>, at: usize, piece: &[u8]) {
    data.splice(at..at, piece.iter().copied());
}
