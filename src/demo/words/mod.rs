//! Invented local news from sentence patterns. Every place, person and event is made up.
//!
//! A pattern holds slots (`{city}`, `{person}`, `{11-99}` for a number between) and choices (`[one|two]`).

mod arabic;
mod english;
mod french;

pub(super) use arabic::ARABIC;
pub(super) use english::ENGLISH;
pub(super) use french::FRENCH;

use super::dice::Dice;

/// What one language has to say.
pub(super) struct Words {
    /// Towns.
    cities: &'static [&'static str],
    /// Quarters of towns.
    districts: &'static [&'static str],
    /// Given names.
    first_names: &'static [&'static str],
    /// Family names.
    last_names: &'static [&'static str],
    /// What the news are about.
    topics: &'static [Topic],
    /// Sentences in which somebody speaks; they suit every topic.
    quotes: &'static [&'static str],
    /// Sentences of background that suit every topic.
    background: &'static [&'static str],
    /// Last sentences.
    closings: &'static [&'static str],
}

/// One kind of event.
struct Topic {
    /// The section in which it is printed: one of `civic`, `economy`, `sport`, `society`, `culture`, `health`.
    section: &'static str,
    titles: &'static [&'static str],
    subtitles: &'static [&'static str],
    leads: &'static [&'static str],
    facts: &'static [&'static str],
    tags: &'static [&'static str],
}

/// The words of one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    /// Key of the section.
    pub(super) section: &'static str,
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) author: String,
    pub(super) co_author: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) tags: Vec<String>,
}

/// Fewest words of a paragraph.
const PARAGRAPH_WORDS: usize = 40;

impl Words {
    /// Writes an article of so many paragraphs.
    pub(super) fn draft(&self, dice: &mut Dice, paragraphs: usize) -> Draft {
        let topic = &self.topics[dice.roll() as usize % self.topics.len()];
        let cast = Cast::new(self, dice);
        let title = cast.say(dice.pick(topic.titles), dice);
        let subtitle = cast.say(dice.pick(topic.subtitles), dice);
        Draft {
            section: topic.section,
            title,
            subtitle,
            author: self.name(dice),
            co_author: self.name(dice),
            paragraphs: self.paragraphs(topic, &cast, dice, paragraphs),
            tags: topic.tags.iter().map(|tag| (*tag).to_owned()).chain([cast.city.to_owned()]).collect(),
        }
    }

    /// One more paragraph, for an article that is edited later.
    pub(super) fn update(&self, dice: &mut Dice) -> String {
        let cast = Cast::new(self, dice);
        let mut patterns: Vec<&str> = Vec::new();
        patterns.extend(dice.order(self.quotes.len()).iter().map(|at| self.quotes[*at]));
        patterns.extend(self.background);
        cast.paragraph(&mut patterns.into_iter(), dice)
    }

    fn name(&self, dice: &mut Dice) -> String {
        format!("{} {}", dice.pick(self.first_names), dice.pick(self.last_names))
    }

    /// The lead first, then facts, quotes and background mixed, a closing sentence at the end.
    fn paragraphs(&self, topic: &Topic, cast: &Cast<'_>, dice: &mut Dice, count: usize) -> Vec<String> {
        let mut middle: Vec<&str> = Vec::new();
        let facts = dice.order(topic.facts.len());
        let quotes = dice.order(self.quotes.len());
        let background = dice.order(self.background.len());
        for turn in 0..facts.len().max(quotes.len()).max(background.len()) {
            middle.extend(facts.get(turn).map(|at| topic.facts[*at]));
            middle.extend(quotes.get(turn).map(|at| self.quotes[*at]));
            middle.extend(background.get(turn).map(|at| self.background[*at]));
        }
        let mut patterns = std::iter::once(dice.pick(topic.leads)).chain(middle);
        let mut out: Vec<String> = (0..count).map(|_| cast.paragraph(&mut patterns, dice)).collect();
        if let Some(last) = out.last_mut() {
            last.push(' ');
            last.push_str(&cast.say(dice.pick(self.closings), dice));
        }
        out
    }
}

/// Who and what one article is about: the slots that keep their value from sentence to sentence.
struct Cast<'a> {
    city: &'a str,
    district: &'a str,
    person: String,
    other: String,
}

impl<'a> Cast<'a> {
    fn new(words: &Words, dice: &mut Dice) -> Cast<'a> {
        Cast {
            city: dice.pick(words.cities),
            district: dice.pick(words.districts),
            person: words.name(dice),
            other: words.name(dice),
        }
    }

    /// Sentences from the patterns until the paragraph is long enough.
    fn paragraph<'p>(&self, patterns: &mut impl Iterator<Item = &'p str>, dice: &mut Dice) -> String {
        let mut text = String::new();
        while text.split_whitespace().count() < PARAGRAPH_WORDS {
            let Some(pattern) = patterns.next() else { break };
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&self.say(pattern, dice));
        }
        text
    }

    /// A pattern with its choices made and its slots filled.
    fn say(&self, pattern: &str, dice: &mut Dice) -> String {
        let chosen = replace(pattern, ('[', ']'), |choices| {
            let choices: Vec<&str> = choices.split('|').collect();
            dice.pick(&choices).to_owned()
        });
        replace(&chosen, ('{', '}'), |slot| match slot {
            "city" => self.city.to_owned(),
            "district" => self.district.to_owned(),
            "person" => self.person.clone(),
            "other" => self.other.clone(),
            range => number(range, dice),
        })
    }
}

/// A number of a range such as `11-99`.
fn number(range: &str, dice: &mut Dice) -> String {
    let (low, high) = range.split_once('-').unwrap_or((range, range));
    dice.between(low.parse().unwrap_or(1), high.parse().unwrap_or(1)).to_string()
}

/// Replaces every bracketed part by what the closure makes of it.
fn replace(pattern: &str, (open, close): (char, char), mut with: impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some((head, tail)) = rest.split_once(open) {
        let Some((inner, after)) = tail.split_once(close) else { break };
        out.push_str(head);
        out.push_str(&with(inner));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_full_and_leave_no_pattern_behind() {
        for words in [&ARABIC, &ENGLISH, &FRENCH] {
            for seed in 0..60 {
                let draft = words.draft(&mut Dice::new(&[seed]), 5);
                assert_eq!(draft.paragraphs.len(), 5);
                for paragraph in &draft.paragraphs {
                    let count = paragraph.split_whitespace().count();
                    assert!((40..=95).contains(&count), "{count} words: {paragraph}");
                    assert!(!paragraph.contains(['{', '}', '[', ']', '|']), "{paragraph}");
                    assert!(!paragraph.contains("  "), "{paragraph}");
                }
                assert!(!draft.title.contains(['{', '[']) && !draft.subtitle.contains(['{', '[']));
            }
        }
    }

    #[test]
    fn articles_differ_in_every_paragraph() {
        for words in [&ARABIC, &ENGLISH, &FRENCH] {
            let mut seen = std::collections::HashSet::new();
            for seed in 0..40 {
                for paragraph in words.draft(&mut Dice::new(&[seed]), 5).paragraphs {
                    assert!(seen.insert(paragraph.clone()), "twice: {paragraph}");
                }
            }
        }
    }
}
